"""A block that a model has several times is one function, and the model is the same."""

from __future__ import annotations

import ast

import keras
import numpy as np
import pytest
from specc_tensorflow import backend, runner

from specc.codegen.build import generate, load_program
from specc.lower import lower_text
from specc.passes import run_passes

LAYERS = """block layer(heads: int) {
  residual { self_attend(heads, dropout = 0.3) -> dropout(0.2) }
    -> residual { layernorm -> dense(8, gelu, l2 = 0.1) -> dense(4) -> noise(0.1) }
}
"""
ENCODER = f"""{LAYERS}model m(x: int[T] < 9 pad 0) -> float[4] {{
  x -> embed(4) -> for i in 3 {{ layer(2) }} -> dense(4) -> mean
}}"""
MOVING = """block narrow(units: int) {
  conv(units, 2, causal, relu) -> batchnorm -> dropout(0.2) -> dense(units)
}
block two(units: int) on (a, b) {
  add = (a, b) -> add
  multiply = (a, b) -> multiply -> dense(units, tanh)
  add + multiply, add - multiply
}
model m(x: float[T, 4] ragged) -> y: float[4], z: float[4] {
  h = x -> for i in 2 { narrow(4) }
  a, b = (h, h) -> for i in 2 { two(4) }
  a -> mean, b -> max
}"""
WAVES = """block wave(rate: int) on (h, skip) {
  out = (h -> conv(4, 2, tanh, causal, dilation = rate)) * (h -> conv(4, 1, sigmoid))
  h + (out -> conv(4, 1)), skip + (out -> dropout(0.1 * rate) -> conv(4, 1))
}
model m(x: int[T] < 9 pad 0) -> float[4] {
  start = x -> embed(4)
  h, skip = (start, 0) -> for i in 3 { wave(2 ** i) }
  h + skip -> mean
}"""
SHARED = """model m(x: int[T] < 9 pad 0) -> float[4] {
  let encode = embed(4) -> dropout(0.5) -> bi(lstm(2)) -> layernorm -> max
  h = x -> shift(1) -> encode
  h - (x -> encode) -> dense(4)
}"""
TEXTS = {"encoder": ENCODER, "moving": MOVING, "waves": WAVES, "shared": SHARED}


def made(program):
    """A model of the program, its layers' random streams from one seed."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(4)
    return program.build(3)


@pytest.mark.parametrize("kind", TEXTS)
def test_layers_weights_and_results_are_those_of_the_model_laid_out(kind, monkeypatch):
    model = run_passes(lower_text(TEXTS[kind]))
    runner.prepare("float32")
    text = generate(model, backend)
    folded = load_program(text, "folded")
    monkeypatch.setattr("specc.codegen.alike.FEWEST", 1000)
    laid_out = generate(model, backend)
    plain = load_program(laid_out, "plain")
    assert text.count("def ") > laid_out.count("def ")
    random = np.random.default_rng(1)
    given = random.integers(0, 9, (3, 5))
    if kind == "moving":
        given = [random.normal(size=(3, 5, 4)), random.random((3, 5)) > 0.3]
    both = []
    for program in (folded, plain):
        one = made(program)
        names = [layer.name for layer in one.layers]
        weights = program.get_variables(one)
        results = [keras.tree.flatten(one(given, training=t)) for t in (False, True)]
        both.append((names, weights, [np.asarray(y) for ys in results for y in ys]))
        both[-1] += ([float(loss) for loss in one.losses],)
    (names, weights, results, losses), expected = both
    assert (names, list(weights)) == (expected[0], list(expected[1]))
    assert all(np.array_equal(weights[name], expected[1][name]) for name in weights)
    assert all(map(np.array_equal, results, expected[2]))
    assert losses == expected[3]


def test_a_block_is_written_once_and_called_with_its_name():
    source = generate(run_passes(lower_text(ENCODER)), backend)
    found = (n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
    text = {one.name: ast.unparse(one) for one in found}
    calls = [s.strip() for s in text["build"].splitlines() if "= layer_2(" in s]
    assert calls == [
        "x = layer_2(x, mask, 'layer')",
        "x = layer_2(x, mask, 'layer_2')",
        "x = layer_2(x, mask, 'layer_3')",
    ]
    assert "**layer_weights_2(layer, 'layer_3')" in text["layer_weights"]
    assert "**initial_layer(seed, 'layer_3')" in text["initial"]


def test_a_block_used_again_with_its_weights_keeps_one_set_of_layers():
    text = f"""{LAYERS}model m(x: int[T] < 9 pad 0) -> float[4] {{
  let one = layer(2)
  x -> embed(4) -> one -> one -> mean
}}"""
    source = generate(run_passes(lower_text(text)), backend)
    assert source.count('name="one.residual.self_attend"') == 1
