"""Derivatives of the primitives, against complex-step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from specc.reference import arrays, elementwise
from specc.reference.tape import Tape, Value, constant

RNG = np.random.default_rng(0)
A = RNG.normal(size=(2, 3, 4))
B = RNG.normal(size=(3, 1))
MATRIX = RNG.normal(size=(4, 5))
IDS = np.array([[0, 2, 0], [1, 1, 0]])
FLAGS = RNG.random((2, 3, 4)) < 0.5


def slopes(
    function: Callable[..., Value], *given: np.ndarray, cotangent: np.ndarray
) -> list[np.ndarray]:
    tape = Tape()
    values = [tape.watch(x) for x in given]
    return tape.gradients([(function(*values), cotangent)], values)


def check(function: Callable[..., Value], *given: np.ndarray) -> None:
    """Every partial derivative, one number at a time."""
    cotangent = RNG.normal(size=function(*map(Value, given)).shape)
    found = slopes(function, *given, cotangent=cotangent)
    for place, (x, gradient) in enumerate(zip(given, found, strict=True)):
        assert gradient.shape == x.shape
        for index in np.ndindex(x.shape):
            moved = [x.astype(complex) for x in given]
            moved[place][index] += 1e-30j
            y = function(*map(Value, moved)).data
            expected = (y * cotangent).sum().imag / 1e-30
            assert gradient[index] == pytest.approx(expected, rel=1e-12, abs=1e-13)


BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "maximum": elementwise.maximum,
    "minimum": elementwise.minimum,
}


@pytest.mark.parametrize("name", BINARY)
def test_two_operands_broadcast(name: str) -> None:
    check(BINARY[name], A, B)
    check(BINARY[name], B, A)


def test_power_by_base_and_exponent() -> None:
    check(lambda a, b: a**b, np.abs(A), B)
    check(lambda a: a**3.0, A)


def test_numbers_stand_on_either_side() -> None:
    check(lambda a: 2 - a + (3 - (1 + a) * 2) / (2 * a), A)
    check(lambda a: 2 / a, A)


FUNCTIONS = [
    elementwise.exp,
    elementwise.expm1,
    elementwise.absolute,
    elementwise.sin,
    elementwise.cos,
    elementwise.tanh,
    elementwise.sigmoid,
    elementwise.softplus,
    elementwise.relu,
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_of_one_number(function: Callable[[Value], Value]) -> None:
    check(function, 3 * A)


@pytest.mark.parametrize("function", [elementwise.log, elementwise.sqrt])
def test_functions_of_positive_numbers(function: Callable[[Value], Value]) -> None:
    check(function, np.abs(A) + 0.1)


def test_slope_of_erf_by_central_differences() -> None:
    (found,) = slopes(elementwise.erf, A, cotangent=np.ones_like(A))
    ahead, behind = (elementwise.erf(Value(A + h)).data for h in (1e-5, -1e-5))
    np.testing.assert_allclose(found, (ahead - behind) / 2e-5, rtol=1e-8, atol=1e-9)


ARRAYS = {
    "where": lambda a: elementwise.where(FLAGS, a, 2 * a * a),
    "sum": lambda a: arrays.sum_over(a * a, 1),
    "sum, axis kept": lambda a: arrays.sum_over(a * a, -1, keep=True),
    "max": lambda a: arrays.max_over(a, 1),
    "concatenate": lambda a: arrays.concatenate([a, 2 * a, a[:, :1]], 1),
    "stack": lambda a: arrays.stack([a, a * a], 1),
    "part": lambda a: a[:, 1:, ::2] * a[:, 0, None, 1:3],
    "number": lambda a: a[1, 2, 3],
    "reshape": lambda a: arrays.reshape(a, (6, 4)) * arrays.reshape(a * a, (6, 4)),
    "transpose": lambda a: arrays.transpose(a[0]) * a[1, 0, :, None],
    "broadcast": lambda a: arrays.broadcast_to(a[:, :1], (2, 3, 4)) * a,
    "pad": lambda a: arrays.pad_steps(a, 2, 1),
    "unused": lambda a: a[:, :, :0],
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_taken_apart_and_put_together(name: str) -> None:
    check(ARRAYS[name], A)


def test_matrix_products() -> None:
    check(arrays.matmul, A, MATRIX)


def test_rows_looked_up_twice_collect_both_gradients() -> None:
    check(lambda table: arrays.take(table, IDS), MATRIX)


def test_a_value_used_often_collects_every_gradient() -> None:
    check(lambda a, b: (a * b + a) * a - a * b, A, B)


def test_several_ends_add_up() -> None:
    tape = Tape()
    x = tape.watch(A)
    ends = [(x * x, A), (3 * x, np.ones_like(A)), (constant(1.0, float), np.ones(()))]
    (found,) = tape.gradients(ends, [x])
    np.testing.assert_allclose(found, 2 * A * A + 3)


def test_what_no_end_depends_on_has_gradient_zero() -> None:
    tape = Tape()
    x, y = tape.watch(A), tape.watch(B)
    found = tape.gradients([(x * 2, np.ones_like(A))], [x, y])
    assert not found[1].any() and found[1].shape == B.shape


def test_a_gradient_is_also_found_of_an_end_itself() -> None:
    tape = Tape()
    x = tape.watch(A)
    (found,) = tape.gradients([(x, A)], [x])
    np.testing.assert_array_equal(found, A)


@pytest.mark.parametrize("function", [elementwise.relu, elementwise.absolute])
def test_slope_at_the_corner_is_zero(function: Callable[[Value], Value]) -> None:
    (found,) = slopes(function, np.zeros(3), cotangent=np.ones(3))
    np.testing.assert_array_equal(found, 0)


def test_ties_share_the_gradient() -> None:
    ones = np.ones((1, 3))
    (found,) = slopes(lambda x: arrays.max_over(x, 1), ones, cotangent=np.ones(1))
    np.testing.assert_allclose(found, [[1 / 3, 1 / 3, 1 / 3]])
    found = slopes(elementwise.maximum, ones, ones, cotangent=ones)
    np.testing.assert_array_equal(found, [ones / 2, ones / 2])


def test_what_is_not_chosen_does_not_spoil_the_gradient() -> None:
    with np.errstate(all="ignore"):
        (found,) = slopes(
            lambda x: elementwise.where(x.data > 0, x, elementwise.exp(x * -1e4) * 0.0),
            np.array([1.0, 2.0]),
            cotangent=np.ones(2),
        )
    np.testing.assert_array_equal(found, [1, 1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_nothing_changes_the_dtype(dtype: type) -> None:
    x = constant(A, dtype)
    unary = [*FUNCTIONS, elementwise.erf, *ARRAYS.values()]
    values = [function(x) for function in unary]
    values += [function(x, constant(B, dtype)) for function in BINARY.values()]
    values += [x + 1, 2.5 * x, x / np.array([1, 2, 3, 4]), x**2.0, -x]
    values += [arrays.matmul(x, constant(MATRIX, dtype)), arrays.take(x, IDS % 2)]
    assert {value.dtype for value in values} == {np.dtype(dtype)}


def test_gradients_keep_the_dtype() -> None:
    tape = Tape()
    x = tape.watch(A.astype(np.float32))
    y = elementwise.softplus(elementwise.erf(x)) / 3
    (found,) = tape.gradients([(y, np.ones_like(y.data))], [x])
    assert found.dtype == np.float32


def test_mixed_dtypes_are_refused() -> None:
    with pytest.raises(AssertionError, match="dtypes were mixed"):
        constant(A, np.float32) + constant(A, np.float64)


def test_a_few_rows_of_a_large_table_cost_little() -> None:
    tape = Tape()
    table = tape.watch(np.zeros((139_106, 100)))
    rows = arrays.take(table, np.zeros((64, 16), int))
    (found,) = tape.gradients([(rows, np.ones(rows.shape))], [table])
    assert found[0, 0] == 64 * 16 and found.sum() == 64 * 16 * 100
