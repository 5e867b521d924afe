"""Layers that change the shape or the order of sequences, against plain formulas."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from specc.ir.op import Op
from specc.ir.size import Size
from specc.ir.types import Axis, Type, floats
from specc.lower import lower_text
from specc.ops.crop import Crop
from specc.ops.noise import Noise
from specc.ops.positions import Positions
from specc.ops.repeat_vector import RepeatVector
from specc.ops.reshape import Reshape
from specc.ops.reverse import Reverse
from specc.ops.rmsnorm import Rmsnorm
from specc.ops.transpose import Transpose
from specc.ops.upsample import Upsample
from specc.passes import run_passes
from specc.reference import run
from specc.reference.arguments import model_weights

Fixture = Callable[..., Any]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 7, 4))
HOLES = np.array([[1, 0, 1, 1, 0, 0, 1], [0, 0, 1, 0, 1, 1, 0], [0] * 7], bool)
PREFIX = np.arange(7) < np.array([[7], [3], [0]])
TIME = Axis(size=Size.named("T"))
RAGGED_TIME = Axis(size=Size.named("T"), ragged=True)
WIDTH = Axis(size=Size(4))


def outputs(text: str, weights: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    model = run_passes(lower_text(text))
    return run(model, weights, inputs).outputs


def test_split_takes_the_features_apart_in_their_order() -> None:
    head = "(x: float[T, 4]) -> (a: float[T, 1], b: float[T, 3], c: float[T, 2])"
    body = "a, b = x -> split(1, 3)\n  d, c = x -> split(2)"
    found = outputs(f"model m{head} {{\n  {body}\n}}", {}, x=X)
    assert np.array_equal(found["a"], X[..., :1])
    assert np.array_equal(found["b"], X[..., 1:])
    assert np.array_equal(found["c"], X[..., 2:])


def test_reverse_of_a_padded_sequence_leaves_the_padding_at_the_end(
    apply_layer: Fixture,
) -> None:
    y = apply_layer(Reverse(), X, mask=PREFIX)
    for row, count in enumerate((7, 3, 0)):
        assert np.array_equal(y[row, :count], X[row, :count][::-1])
        assert np.array_equal(y[row, count:], X[row, count:])


def test_reverse_leaves_masked_steps_where_they_are(apply_layer: Fixture) -> None:
    y = apply_layer(Reverse(), X, mask=HOLES)
    assert np.array_equal(y[0], X[0, [6, 1, 3, 2, 4, 5, 0]])
    assert np.array_equal(y[1], X[1, [0, 1, 5, 3, 4, 2, 6]])
    assert np.array_equal(y[2], X[2])


def test_reverse_twice_is_nothing(apply_layer: Fixture) -> None:
    once = apply_layer(Reverse(), X, mask=HOLES)
    assert np.array_equal(apply_layer(Reverse(), once, mask=HOLES), X)
    assert np.array_equal(apply_layer(Reverse(), X), X[:, ::-1])


def test_the_mask_goes_along_with_cropped_and_repeated_steps() -> None:
    text = """model m(x: float[T, 4] ragged) -> (a: float[T - 2, 4], b: float[4]) {
      a = x -> crop(2)
      b = x -> crop(2) -> upsample(3) -> sum
    }"""
    found = outputs(text, {}, x=X, x_mask=HOLES)
    assert np.array_equal(found["a"], X[:, 2:])
    valid = np.where(HOLES[..., None], X, 0)[:, 2:]
    np.testing.assert_allclose(found["b"], 3 * valid.sum(axis=1), atol=1e-14)


def test_ids_are_cropped_repeated_and_reversed_like_vectors() -> None:
    text = """model m(ids: int[T] < 9 pad 0) -> (a: float[T, 9], b: float[9]) {
      a = ids -> reverse -> one_hot
      b = ids -> crop(1) -> upsample(2) -> one_hot -> sum
    }"""
    found = outputs(text, {}, ids=np.array([[3, 0, 5, 0, 3, 0]]))
    assert found["a"].argmax(axis=-1).tolist() == [[3, 0, 5, 0, 3, 0]]
    assert found["b"].tolist() == [[0, 0, 0, 2, 0, 2, 0, 0, 0]]


def test_one_hot_of_an_id_out_of_range_is_nan() -> None:
    text = "model m(x: int[T] < 3) -> float[T, 3] { x -> one_hot }"
    y = outputs(text, {}, x=np.array([[0, 2, 3, -1]]))["output"]
    assert np.array_equal(y[0, :2], [[1, 0, 0], [0, 0, 1]])
    assert np.isnan(y[0, 2:]).all()


def test_sinusoidal_positions_are_those_of_the_paper() -> None:
    text = "model m(x: int[T] < 3) -> float[T, 6] { x -> positions(6, sinusoidal) }"
    y = outputs(text, {}, x=np.zeros((2, 5), int))["output"]
    for t in range(5):
        for place in range(6):
            angle = t / 10000 ** (2 * (place // 2) / 6)
            expected = math.cos(angle) if place % 2 else math.sin(angle)
            assert abs(y[0, t, place] - expected) < 1e-15
    assert np.array_equal(y[0], y[1])


def test_learned_positions_beyond_the_table_are_nan() -> None:
    text = """model m(x: float[T, 2]) -> float[T, 3] {
      x -> positions(3, learned, length = 4)
    }"""
    table = RNG.normal(size=(4, 3))
    y = outputs(text, {"positions.table": table}, x=np.zeros((2, 6, 2)))["output"]
    assert np.array_equal(y[1, :4], table)
    assert np.isnan(y[:, 4:]).all()


def test_a_table_of_positions_has_the_length_of_a_fixed_sequence() -> None:
    text = "model m(x: float[5, 2]) -> float[5, 3] { x -> positions(3, learned) }"
    model = lower_text(text)
    ((weight, _),) = model_weights(model).values()
    assert weight.shape == (5, 3)


def test_rmsnorm_gives_the_root_mean_square_gamma(apply_layer: Fixture) -> None:
    gamma = RNG.normal(size=4)
    y = apply_layer(Rmsnorm(epsilon=1e-9), X, gamma=gamma)
    assert np.allclose(np.sqrt(np.mean((y / gamma) ** 2, axis=-1)), 1)
    assert np.allclose(y / X, y[..., :1] / X[..., :1] * gamma / gamma[0])


def test_a_larger_epsilon_makes_rmsnorm_smaller(apply_layer: Fixture) -> None:
    small, large = (
        apply_layer(Rmsnorm(epsilon=epsilon), X, gamma=np.ones(4))
        for epsilon in (1e-6, 1.0)
    )
    square = np.mean(X * X, axis=-1, keepdims=True)
    factor = np.sqrt((square + 1e-6) / (square + 1))
    np.testing.assert_allclose(large, small * factor)


def test_repeat_reshape_and_transpose_move_numbers_only(build_model: Fixture) -> None:
    x = RNG.normal(size=(2, 6, 4))
    cases: list[tuple[Op, np.ndarray, np.ndarray]] = [
        (Reshape(sizes=(2, 3, 4)), x, x.reshape(2, 2, 3, 4)),
        (Reshape(sizes=(24,)), x, x.reshape(2, 24)),
        (Transpose(), x, x.transpose(0, 2, 1)),
        (RepeatVector(n=3), x[:, 0], np.stack([x[:, 0]] * 3, axis=1)),
        (Crop(start=1, stop=2), x, x[:, 1:4]),
        (Upsample(n=2), x, np.repeat(x, 2, axis=1)),
    ]
    for op, given, expected in cases:
        model = build_model(op, floats(*given.shape[1:]))
        assert np.array_equal(run(model, {}, {"x": given}).outputs["output"], expected)


@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize(
    "op",
    [
        Crop(start=2),
        Noise(stddev=0.5),
        Reverse(),
        Rmsnorm(),
        Rmsnorm(epsilon=0.1),
        Upsample(n=3),
    ],
    ids=repr,
)
def test_gradients_of_sequence_layers(
    build_model: Fixture,
    draw_weights: Fixture,
    check_gradients: Fixture,
    op: Op,
    ragged: bool,
) -> None:
    time = RAGGED_TIME if ragged else TIME
    model = build_model(op, Type(dtype="float", axes=(time, WIDTH)))
    masks = {"x_mask": HOLES} if ragged else {}
    check_gradients(model, draw_weights(model), {"x": X, **masks})


@pytest.mark.parametrize(
    ("op", "sizes"),
    [
        (Reshape(sizes=(2, 3, 4)), (6, 4)),
        (Transpose(), (6, 4)),
        (RepeatVector(n=3), (4,)),
        (Crop(start=1, stop=2), (6, 4)),
        (Positions(dim=4, kind="learned"), (6, 4)),
        (Positions(dim=4, kind="learned", length=9), (6, 4)),
        (Positions(dim=4, kind="sinusoidal"), (6, 4)),
    ],
    ids=repr,
)
def test_gradients_of_layers_of_fixed_sizes(
    build_model: Fixture,
    draw_weights: Fixture,
    check_gradients: Fixture,
    op: Op,
    sizes: tuple[int, ...],
) -> None:
    model = build_model(op, floats(*sizes))
    check_gradients(model, draw_weights(model), {"x": RNG.normal(size=(3, *sizes))})


def test_a_vector_is_laid_out_along_all_steps() -> None:
    head = "(x: float[T, 4], v: float[3]) -> y: float[T, 7]"
    v = RNG.normal(size=(3, 3))
    found = outputs(f"model m{head} {{ (x, v) -> concat }}", {}, x=X, v=v)["y"]
    assert np.array_equal(found[..., :4], X)
    assert all(np.array_equal(found[:, t, 4:], v) for t in range(7))
