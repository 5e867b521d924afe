"""Sizes are integers in disguise: what holds of the numbers holds of them."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.ir.size import Size

T, S = Size.named("T"), Size.named("S")
lengths = st.fixed_dictionaries(
    {"T": st.integers(0, 10**6), "S": st.integers(0, 10**6)}
)
small = st.integers(-20, 20)
divisors = st.integers(1, 12)
sizes = st.recursive(
    st.one_of(st.builds(Size, small), st.sampled_from((T, S))),
    lambda inner: st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, b: a - b, inner, inner),
        st.builds(lambda a, n: a * n, inner, small),
        st.builds(lambda a, n: a // n, inner, divisors),
        st.builds(lambda a, n: a.ceil(n), inner, divisors),
    ),
    max_leaves=8,
)
windows = st.lists(
    st.tuples(st.integers(1, 7), st.integers(1, 4), st.booleans()), max_size=3
)


def after_windows(size: Size, layers: list[tuple[int, int, bool]]) -> Size:
    """The length after convolutions: kernel, stride, and whether it is padded."""
    for kernel, stride, padded in layers:
        size = size.ceil(stride) if padded else (size - kernel) // stride + 1
    return size


@given(sizes, sizes, lengths)
def test_sums_and_differences_are_those_of_the_numbers(
    a: Size, b: Size, at: dict[str, int]
) -> None:
    assert (a + b).at(at) == a.at(at) + b.at(at)
    assert (a - b).at(at) == a.at(at) - b.at(at)


@given(sizes, small, lengths)
def test_multiples_are_those_of_the_numbers(
    a: Size, factor: int, at: dict[str, int]
) -> None:
    assert (a * factor).at(at) == a.at(at) * factor
    assert (a + factor).at(at) == a.at(at) + factor


@given(sizes, divisors, lengths)
def test_division_rounds_as_that_of_the_numbers(
    a: Size, divisor: int, at: dict[str, int]
) -> None:
    assert (a // divisor).at(at) == a.at(at) // divisor
    assert a.ceil(divisor).at(at) == math.ceil(Fraction(a.at(at), divisor))


@given(sizes, sizes)
def test_a_size_has_one_form_whatever_it_was_made_by(a: Size, b: Size) -> None:
    assert a + b == b + a
    assert a + b - b == a
    assert a - a == Size(0)
    assert hash(a + b) == hash(b + a)


@given(sizes, divisors, small)
def test_whole_multiples_move_out_of_a_floor(a: Size, n: int, k: int) -> None:
    assert (a + n * k) // n == a // n + k
    assert (a * n) // n == a
    assert (a + T * n) // n == a // n + T


@given(windows, divisors, divisors)
def test_a_floor_of_a_floor_is_one(
    layers: list[tuple[int, int, bool]], first: int, second: int
) -> None:
    a = after_windows(T, layers)
    assert a // first // second == a // (first * second)


@given(windows, windows)
def test_stacked_windows_are_equal_only_where_their_lengths_are(
    first: list[tuple[int, int, bool]], second: list[tuple[int, int, bool]]
) -> None:
    a, b = after_windows(T, first), after_windows(T, second)
    period = math.lcm(a.divisor, b.divisor)
    same = all(a.at({"T": t}) == b.at({"T": t}) for t in range(period + 1))
    assert (a == b) == same


@given(sizes, sizes, sizes, lengths)
def test_replacing_names_is_the_same_before_and_after(
    a: Size, for_t: Size, for_s: Size, at: dict[str, int]
) -> None:
    replaced = a.replace({"T": for_t, "S": for_s})
    assert replaced.at(at) == a.at({"T": for_t.at(at), "S": for_s.at(at)})


@given(sizes)
def test_a_size_is_fixed_when_it_has_no_names(a: Size) -> None:
    assert (a.fixed is None) == bool(a.names)
    assert a.fixed is None or a.fixed == a.at({})


@given(sizes, lengths)
def test_what_is_printed_is_the_size(a: Size, at: dict[str, int]) -> None:
    text = re.sub(r"([TS])", r"F(\1)", str(a))
    names = {"F": Fraction, "ceil": math.ceil, **at}
    assert eval(text, {"__builtins__": {}}, names) == a.at(at)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (Size(7), "7"),
        (T, "T"),
        (T + 1, "T + 1"),
        (T - 4, "T - 4"),
        (T * 2 - S, "2 * T - S"),
        (T // 2 * -1, "-(T // 2)"),
        (T // 4, "T // 4"),
        (T.ceil(2), "ceil(T / 2)"),
        ((T - 3) // 2 + 1, "(T - 3) // 2 + 1"),
        (T.ceil(2).ceil(2), "ceil(T / 4)"),
        ((T // 2) * 3 + 1, "3 * (T // 2) + 1"),
        (T - T, "0"),
    ],
)
def test_sizes_are_printed_as_a_reader_would_write_them(size: Size, text: str) -> None:
    assert str(size) == text
