"""Where formulas have edges, programs of both backends do what the oracle does."""

from __future__ import annotations

import numpy as np
import pytest

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.ir.graph import Model
from specc.lower import lower_text
from specc.passes import run_passes
from specc.reference import gradients, run
from specc.verify.process import Worker

pytestmark = pytest.mark.framework

OUT_OF_RANGE = """model m(ids: int[T] < 3, x: float[T, 2])
    -> (a: float[T, 3], b: float[T, 2]) {
  a = ids -> one_hot
  b = x -> positions(2, learned, length = 4)
}"""
EQUAL = """model m(x: float[4], y: float[4])
    -> (a: float, b: float, c: float, d: float[4]) {
  a, b, c = (cosine(x, y), distance(x, y, l1), distance(x, y, l2))
  d = (x, y, x) -> maximum
}"""
PLACES = """model m(ids: int[T] < 9 pad 0) -> (a: float[4], b: float[9]) {
  h = (ids -> positions(4, sinusoidal), ids -> embed(4)) -> add
  a = h -> crop(1) -> reverse -> upsample(2) -> gru(4, final)
  b = ids -> reverse -> crop(2) -> one_hot -> mean
}"""


def build(text: str) -> Model:
    return run_passes(lower_text(text))


def hold(
    model: Model,
    backends: tuple[Backend, ...],
    workers: dict[str, Worker],
    weights: dict[str, np.ndarray],
    inputs: dict[str, np.ndarray],
) -> None:
    """Outputs and gradients in float64, NaN where the oracle has NaN."""
    expected = run(model, weights, inputs).outputs
    cotangents = {name: np.ones_like(y) for name, y in expected.items()}
    slopes = gradients(model, weights, inputs, cotangents)
    for backend in backends:
        worker = workers[backend.name]
        worker.load(generate(model, backend), "float64")
        worker.use(weights)
        found = worker.run(inputs, list(expected))
        for name, y in expected.items():
            np.testing.assert_allclose(found[name], y, rtol=1e-12, atol=1e-12)
        for name, slope in worker.gradients(inputs, cotangents).items():
            np.testing.assert_allclose(slope, slopes[name], rtol=1e-10, atol=1e-10)


def test_ids_and_places_out_of_range_give_nan(
    backends: tuple[Backend, ...], workers: dict[str, Worker]
) -> None:
    table = np.arange(8.0).reshape(4, 2)
    inputs = {"ids": np.array([[0, 2, 3, -1, 1, 7]]), "x": np.zeros((1, 6, 2))}
    model = build(OUT_OF_RANGE)
    hold(model, backends, workers, {"positions.table": table}, inputs)


@pytest.mark.parametrize("factor", [0.0, 1.0, -1.0])
def test_zeros_and_equal_vectors(
    backends: tuple[Backend, ...], workers: dict[str, Worker], factor: float
) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4))
    model = build(EQUAL)
    hold(model, backends, workers, {}, {"x": x, "y": factor * x})
    hold(model, backends, workers, {}, {"x": factor * x, "y": x})


@pytest.mark.parametrize("steps", [2, 3, 9])
def test_rows_of_padding_and_holes(
    backends: tuple[Backend, ...], workers: dict[str, Worker], steps: int
) -> None:
    from specc.verify.sample import make_generator, sample_weights

    model = build(PLACES)
    rng = np.random.default_rng(1)
    ids = rng.integers(1, 9, (5, steps))
    valid = np.arange(steps) < np.array([[9], [4], [2], [0], [9]])
    valid[4] = rng.random(steps) < 0.5
    weights = sample_weights(model, make_generator(3))
    doubles = {name: w.astype(np.float64) for name, w in weights.items()}
    hold(model, backends, workers, doubles, {"ids": np.where(valid, ids, 0)})
