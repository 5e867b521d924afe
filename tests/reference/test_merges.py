"""Layers that bring several values together, against plain formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest

from specc.ir.op import Op
from specc.ir.types import floats
from specc.ops.average import Average
from specc.ops.cosine import Cosine
from specc.ops.distance import Distance
from specc.ops.maximum import Maximum
from specc.ops.multiply import Multiply
from specc.ops.subtract import Subtract
from specc.reference import gradients, run

Fixture = Callable[..., Any]
RNG = np.random.default_rng(0)
A, B, C = RNG.normal(size=(3, 5, 4))
TWO: list[tuple[Op, np.ndarray]] = [
    (Subtract(), A - B),
    (Multiply(), A * B),
    (Average(), (A + B) / 2),
    (Maximum(), np.where(A > B, A, B)),
    (Distance(kind="l1"), np.abs(A - B).sum(axis=-1)),
    (Distance(kind="l2"), np.linalg.norm(A - B, axis=-1)),
    (
        Cosine(),
        np.diag(A @ B.T) / np.linalg.norm(A, axis=1) / np.linalg.norm(B, axis=1),
    ),
]


@pytest.mark.parametrize(("op", "expected"), TWO, ids=repr)
def test_two_values(apply_layer: Fixture, op: Op, expected: np.ndarray) -> None:
    np.testing.assert_allclose(apply_layer(op, A, B), expected, rtol=1e-13)


def test_more_than_two_values(apply_layer: Fixture) -> None:
    np.testing.assert_allclose(apply_layer(Multiply(), A, B, C), A * B * C)
    np.testing.assert_allclose(apply_layer(Average(), A, B, C), (A + B + C) / 3)
    np.testing.assert_array_equal(
        apply_layer(Maximum(), A, B, C), np.max([A, B, C], axis=0)
    )


@pytest.mark.parametrize("op", [op for op, _ in TWO], ids=repr)
def test_gradients(build_model: Fixture, check_gradients: Fixture, op: Op) -> None:
    model = build_model(op, floats(4), floats(4))
    check_gradients(model, {}, {"x": A, "x2": B})


@pytest.mark.parametrize("op", [Multiply(), Average(), Maximum()], ids=repr)
def test_gradients_of_three(
    build_model: Fixture, check_gradients: Fixture, op: Op
) -> None:
    model = build_model(op, floats(4), floats(4), floats(4))
    check_gradients(model, {}, {"x": A, "x2": B, "x3": C})


def test_vectors_of_zeros_have_cosine_zero_and_finite_gradients(
    build_model: Fixture,
) -> None:
    model = build_model(Cosine(), floats(4), floats(4))
    for inputs in ({"x": 0 * A, "x2": B}, {"x": 0 * A, "x2": 0 * B}):
        assert not run(model, {}, inputs).outputs["output"].any()
        found = gradients(model, {}, inputs, {"output": np.ones(5)})
        assert all(np.isfinite(gradient).all() for gradient in found.values())


@pytest.mark.parametrize(("kind", "value"), [("l1", 0), ("l2", 1e-6)])
def test_equal_vectors_have_finite_gradients(
    build_model: Fixture, kind: Literal["l1", "l2"], value: float
) -> None:
    model = build_model(Distance(kind=kind), floats(4), floats(4))
    inputs = {"x": A, "x2": A}
    np.testing.assert_allclose(run(model, {}, inputs).outputs["output"], value)
    found = gradients(model, {}, inputs, {"output": np.ones(5)})
    assert not any(gradient.any() for gradient in found.values())


def test_equal_values_share_the_gradient_of_their_maximum(
    build_model: Fixture,
) -> None:
    model = build_model(Maximum(), floats(4), floats(4))
    found = gradients(model, {}, {"x": A, "x2": A}, {"output": np.ones((5, 4))})
    assert all((gradient == 0.5).all() for gradient in found.values())
