"""Noise is there while training only, and every place draws its own."""

from __future__ import annotations

import numpy as np
import pytest

jax = pytest.importorskip("jax")

pytestmark = pytest.mark.framework

NOISE = """model m(x: float[T, 6]) -> (a: float[T, 6], b: float[T, 6]) {
  a = x -> noise(0.5)
  b = x -> noise(0.5)
}"""


def test_noise_does_nothing_outside_training(load):
    x = np.ones((2, 3, 6), np.float32)
    for found in load(NOISE).apply({}, x, rng=jax.random.key(0)):
        np.testing.assert_array_equal(found, x)


def test_noise_has_its_deviation_and_differs_from_place_to_place(load):
    x = np.ones((64, 32, 6), np.float32)
    a, b = load(NOISE).apply({}, x, training=True, rng=jax.random.key(0))
    for found in (a, b):
        assert abs(np.mean(found) - 1) < 0.02
        assert abs(np.std(found) - 0.5) < 0.02
    assert not np.array_equal(a, b)
