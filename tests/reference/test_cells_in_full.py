"""What layers, other cells and values from outside compute inside a cell."""

from __future__ import annotations

import numpy as np

from specc.compiler import compile
from specc.reference.interpreter import gradients, run
from specc.verify.sample import make_generator, sample_batches, sample_weights

OWN = """cell own(units: int) {
  state h[units], c[units]
  h', c' = (x, h, c) -> step(lstm(units))
}
model m(x: float[T, 3] ragged) -> float[T, 4] { x -> own(4) }
"""
PLAIN = "model m(x: float[T, 3] ragged) -> float[T, 4] { x -> lstm(4) as own }"
SEEING = """cell seeing(units: int, memory: float[S, d]) {
  state h[units], a[d]
  h' = (concat(x, a), h) -> step(gru(units))
  m = memory -> dense(d, tanh) -> mean
  a' = a + (concat(h', m) -> dense(4, tanh) -> layernorm -> dense(d, bias = none))
  concat(h', a')
}
model m(x: float[T, 3] ragged, z: float[S, 2] ragged) -> float[T, 5] {
  x -> seeing(3, z)
}
"""
INSIDE = """cell sees(units: int, z: float[S, d]) {
  state h[units]
  param W, U, V
  h' = tanh(W @ x + U @ h + V @ (z -> mean))
}
model m(x: float[T, 3], z: float[S, 2] ragged) -> float[T, 4] { x -> sees(4, z) }
"""
OUTSIDE = (
    INSIDE.replace("z: float[S, d])", "z: float[d])")
    .replace("(z -> mean)", "z")
    .replace("sees(4, z)", "sees(4, z -> mean)")
)


def test_a_stepped_cell_computes_what_the_cell_computes() -> None:
    own, plain = compile(OWN).model(), compile(PLAIN).model()
    weights = sample_weights(plain, make_generator(1))
    renamed = {f"own.lstm.{n.partition('.')[2]}": w for n, w in weights.items()}
    for batch in sample_batches(plain, make_generator(2)):
        expected = run(plain, weights, batch.inputs).outputs
        found = run(own, renamed, batch.inputs).outputs
        assert np.array_equal(found["output"], expected["output"])


def test_a_mean_inside_a_cell_is_the_mean_outside() -> None:
    inside, outside = compile(INSIDE).model(), compile(OUTSIDE).model()
    weights = sample_weights(inside, make_generator(1))
    for batch in sample_batches(inside, make_generator(2)):
        a = run(inside, weights, batch.inputs).outputs["output"]
        b = run(outside, weights, batch.inputs).outputs["output"]
        assert np.allclose(a, b, rtol=0, atol=1e-15)


def test_gradients_are_central_differences() -> None:
    model = compile(SEEING).model()
    weights = sample_weights(model, make_generator(1))
    weights = {name: w.astype(np.float64) for name, w in weights.items()}
    batch = sample_batches(model, make_generator(2))[0]
    output = run(model, weights, batch.inputs).outputs["output"]
    ones = {"output": np.ones(output.shape)}
    found = gradients(model, weights, batch.inputs, ones)
    generator, step = make_generator(3), 1e-6
    for name in weights:
        way = generator.standard_normal(weights[name].shape)
        ends = [
            run(model, {**weights, name: weights[name] + s * way}, batch.inputs)
            for s in (step, -step)
        ]
        totals = [float(end.outputs["output"].sum()) for end in ends]
        slope = (totals[0] - totals[1]) / (2 * step)
        assert abs(slope - float((found[name] * way).sum())) < 1e-6, name
