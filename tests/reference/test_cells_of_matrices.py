"""Cells of images and matrices compute what a plain loop over their numbers does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from specc.compiler import compile
from specc.ops.outer import Outer
from specc.reference import run
from specc.reference.interpreter import gradients
from specc.verify.sample import make_generator, sample_weights

Array = np.ndarray[Any, Any]
Apply = Callable[..., np.ndarray]
FRAMES = """cell frames(filters: int) on (x: float[H, W, d]) {
  state h[H, W, filters]
  param p
  z = sigmoid((concat(x, h) -> conv(filters, 3, same) as gate) + p * h)
  h' = z * h + (1 - z) * (x -> conv(filters, 3, same, tanh) as new)
}
model m(x: float[T, 3, 4, 2] ragged) -> float[T, 3, 4, 2] { x -> frames(2) }
"""
MEMORY = """cell memory(keys: int, values: int) on (x: float[d], rate: float) {
  state S[values, keys], n[keys]
  param W_k, W_v, B[5, keys]
  k = tanh(W_k @ x)
  n' = n + k * k
  S' = S * n + rate * outer(W_v @ x - S @ k, k)
  transpose(S' @ B) @ (S' @ k)
}
model m(x: float[T, 3], rate: float[T, 1]) -> float[T, 5] {
  (x, rate) -> memory(4, 2)
}
"""
SHARED = """cell shared(units: int) {
  state h[units]
  let f = dense(units, tanh)
  h' = h + (concat(x, h) -> dense(units)) -> f -> f
}
model m(x: float[T, 3]) -> float[T, 2] { x -> shared(2) }
"""


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def convolved(x: Array, w: Array, b: Array) -> Array:
    """A 3 x 3 convolution with zeros around, place by place.  x: [H, W, in]."""
    height, width, _ = x.shape
    padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
    y = np.zeros((height, width, w.shape[-1])) + b
    for i in range(height):
        for j in range(width):
            y[i, j] += np.einsum("klc,klcf->f", padded[i : i + 3, j : j + 3], w)
    return y


def test_a_cell_of_images_is_its_equations() -> None:
    model = compile(FRAMES).model()
    w = sample_weights(model, make_generator(1))
    own = {name.removeprefix("frames."): value for name, value in w.items()}
    x = make_generator(2).normal(size=(2, 4, 3, 4, 2))
    mask = np.array([[True, False, True, True], [False, True, True, False]])
    found = run(model, w, {"x": x, "x_mask": mask}).outputs["output"]
    for row in range(2):
        h, output = np.zeros((3, 4, 2)), np.zeros((3, 4, 2))
        for t in range(4):
            if mask[row, t]:
                seen = np.concatenate([x[row, t], h], axis=-1)
                gate = convolved(seen, own["gate.W"], own["gate.b"])
                z = sigmoid(gate + own["p"] * h)
                new = np.tanh(convolved(x[row, t], own["new.W"], own["new.b"]))
                output = h = z * h + (1 - z) * new
            np.testing.assert_allclose(found[row, t], output, rtol=0, atol=1e-13)


def test_a_cell_of_matrices_is_its_equations() -> None:
    model = compile(MEMORY).model()
    w = sample_weights(model, make_generator(1))
    own = {name.removeprefix("memory."): value for name, value in w.items()}
    generator = make_generator(2)
    x, rate = generator.normal(size=(2, 3, 3)), generator.normal(size=(2, 3, 1))
    found = run(model, w, {"x": x, "rate": rate}).outputs["output"]
    for row in range(2):
        s, n = np.zeros((2, 4)), np.zeros(4)
        for t in range(3):
            k = np.tanh(own["W_k"] @ x[row, t])
            n = n + k * k
            written = own["W_v"] @ x[row, t] - s @ k
            s = s * (n - k * k) + rate[row, t] * np.outer(written, k)
            expected = (s @ own["B"].T).T @ (s @ k)
            np.testing.assert_allclose(found[row, t], expected, rtol=0, atol=1e-13)


def test_gradients_of_cells_of_matrices_are_slopes() -> None:
    for text in (FRAMES, SHARED):
        model = compile(text).model()
        w = sample_weights(model, make_generator(1))
        w = {name: value.astype(float) for name, value in w.items()}
        shape = (2, 3, 3, 4, 2) if text is FRAMES else (2, 3, 3)
        inputs = {"x": make_generator(2).normal(size=shape)}
        if text is FRAMES:
            inputs["x_mask"] = np.array([[True, True, False], [False, True, True]])
        y = run(model, w, inputs).outputs["output"]
        pull = make_generator(3).normal(size=y.shape)
        slopes = gradients(model, w, inputs, {"output": pull})
        for name in w:
            for place in [(0,) * w[name].ndim, (-1,) * w[name].ndim]:
                sides = []
                for step in (1e-6, -1e-6):
                    moved = {**w, name: w[name].copy()}
                    moved[name][place] += step
                    output = run(model, moved, inputs).outputs["output"]
                    sides.append(np.sum(output * pull))
                slope = (sides[0] - sides[1]) / 2e-6
                np.testing.assert_allclose(slopes[name][place], slope, rtol=1e-5)


def test_outer_is_all_products(apply_layer: Apply) -> None:
    a = make_generator(1).normal(size=(2, 5, 3))
    b = make_generator(2).normal(size=(2, 5, 4))
    found = apply_layer(Outer(), a, b)
    assert found.shape == (2, 5, 3, 4)
    for row in range(2):
        for t in range(5):
            np.testing.assert_array_equal(found[row, t], np.outer(a[row, t], b[row, t]))
