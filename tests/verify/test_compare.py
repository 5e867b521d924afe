"""Figures and limits: what just passes, and what just does not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from specc.verify.arrays import Array, Precision
from specc.verify.compare import (
    EPSILON,
    LIMITS,
    Kind,
    Row,
    Tallies,
    Tally,
    largest_difference,
    make_row,
    trained_row,
)


def tally(found: object, expected: object, mask: object = None) -> Tally:
    made = Tally()
    made.add(
        np.asarray(found),
        np.asarray(expected),
        "batch",
        None if mask is None else np.asarray(mask),
    )
    return made


def row(
    found: Array, expected: Array, precision: Precision, kind: Kind = "forward"
) -> Row:
    return make_row(kind, "y", precision, tally(found, expected))


def test_the_limits_are_those_of_the_page_on_numerics() -> None:
    assert LIMITS["forward", "float64"] == 1e-12
    assert LIMITS["gradient", "float64"] == 1e-10
    assert LIMITS["steps", "float64"] == 1e-9
    assert LIMITS["forward", "float32"] == LIMITS["gradient", "float32"] == 4
    assert LIMITS["steps", "float32"] == 1e-3


@pytest.mark.parametrize(("off", "passed"), [(0.9e-12, True), (1.1e-12, False)])
@pytest.mark.parametrize("size", [1e-6, 1.0, 50.0])
def test_float64_is_measured_against_the_largest_number_or_one(
    off: float, passed: bool, size: float
) -> None:
    expected = np.array([size, 0.0])
    found = expected + np.array([0, off * max(1, size)])
    assert row(found, expected, "float64").passed is passed


@pytest.mark.parametrize(("roundings", "passed"), [(3.9, True), (4.1, False)])
@pytest.mark.parametrize("size", [1e-6, 1.0, 50.0])
def test_float32_is_measured_in_roundings_of_the_largest_number(
    roundings: float, passed: bool, size: float
) -> None:
    expected = np.array([size, 0.0])
    found = expected + np.array([0, roundings * EPSILON * size])
    assert row(found, expected, "float32").passed is passed


@pytest.mark.parametrize(("times", "passed"), [(3.9, True), (4.1, False)])
def test_float32_may_lose_four_times_what_the_oracle_loses(
    times: float, passed: bool
) -> None:
    expected = np.array([1.0])
    oracle = tally(expected + 100 * EPSILON, expected)
    found = tally(expected + times * 100 * EPSILON, expected)
    made = make_row("gradient", "w", "float32", found, oracle)
    assert made.passed is passed
    assert made.figure == pytest.approx(times, rel=1e-6)


def test_an_oracle_that_loses_nothing_allows_four_roundings() -> None:
    expected = np.array([1.0])
    found = tally(expected + 3 * EPSILON, expected)
    assert make_row("forward", "y", "float32", found, Tally()).figure == 3


TERMS = 2.0**40
"""Numbers of this size cancel in the tests below; float32 loses 2^-24 of them."""
LOST = TERMS * 2.0**-24


@pytest.mark.parametrize("kind", ["forward", "gradient"])
@pytest.mark.parametrize(("share", "passed"), [(2.0**-52, True), (1e-12, False)])
def test_what_cancels_is_held_to_the_terms_of_it(
    kind: Kind, share: float, passed: bool
) -> None:
    expected = np.array([1e-16 * TERMS])
    oracle = tally(expected + LOST, expected)
    found = tally(expected + share * TERMS, expected)
    assert make_row(kind, "y", "float64", found, oracle).passed is passed


@pytest.mark.parametrize("kind", ["forward", "gradient"])
@pytest.mark.parametrize("digits", [1e-7, 1e-3, 0.06])
def test_a_billionth_is_seen_while_float32_keeps_four_bits(
    kind: Kind, digits: float
) -> None:
    expected = np.array([50.0, -3.0])
    oracle = tally(expected * (1 + digits), expected)
    found = tally(expected * (1 + 1e-9), expected)
    assert not make_row(kind, "y", "float64", found, oracle).passed


@pytest.mark.parametrize("kind", ["forward", "gradient"])
def test_nothing_is_added_to_the_table_where_float32_keeps_its_digits(
    kind: Kind,
) -> None:
    expected = np.array([50.0, -3.0])
    limit = LIMITS[kind, "float64"]
    oracle = tally(expected * (1 + 1e-5), expected)
    for share, passed in ((0.99, True), (1.01, False)):
        found = tally(expected + 50 * limit * share, expected)
        assert make_row(kind, "y", "float64", found, oracle).passed is passed


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_fails(wrong: float) -> None:
    for precision in ("float64", "float32"):
        made = row(np.array([wrong, 1.0]), np.array([1.0, 1.0]), precision)
        assert not made.passed
        assert made.note == "not finite"


def test_an_oracle_that_is_not_finite_fails() -> None:
    assert not row(np.array([1.0]), np.array([math.nan]), "float64").passed
    assert largest_difference(np.array([math.inf]), np.array([math.inf])) == math.inf


def test_steps_that_do_not_count_may_hold_anything_finite() -> None:
    mask = [[True, False]]
    expected, found = [[[1.0], [2.0]]], [[[1.0], [99.0]]]
    assert tally(found, expected, mask).absolute == 0
    assert tally([[[1.0], [math.nan]]], expected, mask).note == "not finite"


def test_a_batch_in_which_nothing_counts_shows_nothing() -> None:
    found = tally([[1.0]], [[2.0]], [[False]])
    assert (found.difference, found.size) == (0, 0)


def test_another_shape_fails_and_says_so() -> None:
    made = tally(np.ones((2, 1)), np.ones(2))
    assert made.note == "shape (2, 1) instead of (2,)"
    assert made.absolute == math.inf


def test_one_element_that_is_off_is_enough() -> None:
    expected = np.ones(10_000)
    found = expected.copy()
    found[7] += 1e-9
    assert not row(found, expected, "float64").passed


def test_zeros_are_matched_by_zeros_alone() -> None:
    zeros = np.zeros(3)
    assert row(zeros, zeros, "float32").passed
    assert not row(zeros + 1e-30, zeros, "float32").passed


def test_zeros_may_lose_four_times_what_the_oracle_loses_of_them() -> None:
    zeros = np.zeros(3)
    for times, passed in ((3.9, True), (4.1, False)):
        found, oracle = tally(zeros + times * 1e-9, zeros), tally(zeros + 1e-9, zeros)
        made = make_row("gradient", "w", "float32", found, oracle)
        assert made.figure == pytest.approx(times)
        assert made.passed is passed


def test_flags_and_ids_are_compared_too() -> None:
    assert tally([True, False], [True, False]).absolute == 0
    assert tally([True, True], [True, False]).absolute == 1
    assert tally(np.array([3], np.int32), np.array([2**31], np.int64)).absolute > 0


def test_the_batches_of_a_tensor_are_taken_together() -> None:
    made = Tally()
    made.add(np.array([100.0]), np.array([100.0]), "large")
    made.add(np.array([1e-9 + 1e-12]), np.array([1e-9]), "tiny")
    assert made.batch == "tiny"
    assert made.difference == pytest.approx(1e-12, rel=1e-3)
    assert made.size == 100


def test_every_tensor_must_be_there_and_no_other() -> None:
    tallies = Tallies(["y", "z"])
    one = np.ones(1)
    tallies.add({"y": one, "w": one}, {"y": one, "z": one}, "batch")
    notes = {name: found.note for name, found in tallies.items()}
    assert notes == {"y": "", "z": "missing", "w": "not asked for"}


@pytest.mark.parametrize(("relative", "passed"), [(0.9e-3, True), (1.1e-3, False)])
def test_after_descent_float32_is_measured_by_the_change(
    relative: float, passed: bool
) -> None:
    before, expected = np.zeros(1), np.array([0.25])
    found = tally(expected * (1 + relative), expected)
    change = largest_difference(expected, before)
    assert trained_row("w", found, change, 10).passed is passed


@pytest.mark.parametrize(("roundings", "passed"), [(4.9, True), (5.1, False)])
def test_a_weight_that_hardly_moved_may_lose_what_storing_it_loses(
    roundings: float, passed: bool
) -> None:
    expected = np.array([1.0])
    found = tally(expected + roundings * EPSILON, expected)
    assert trained_row("w", found, 0.0, 10).passed is passed


def test_a_weight_that_is_no_number_after_descent_fails() -> None:
    weight = np.array([0.5])
    nothing = tally(np.array([np.nan]), weight)
    unmoved = tally(np.array([1e-3]), np.zeros(1))
    for found in (nothing, unmoved):
        assert not trained_row("w", found, 0.0, 10).passed
    assert trained_row("w", tally(np.zeros(1), np.zeros(1)), 0.0, 10).passed
