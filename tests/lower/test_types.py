"""Types: what heads say, what layers make of it, and how both are compared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from specc.ir.graph import Model
from specc.lower import check_text, lower_text

Lower = Callable[..., Model]


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("int", "int"),
        ("int < 5", "int < 5"),
        ("bool[T]", "bool[T]"),
        ("float[T, 13] ragged", "float[T, 13] ragged"),
        ("int[T] < V", "int[T] < 10"),
        ("int[T] < V * 2 pad V - 10", "int[T] < 20 pad 0"),
        ("int[2 ** 3] < 9 pad 8", "int[8] < 9 pad 8"),
        ("float[64, 64, 3]", "float[64, 64, 3]"),
        ("int[16] < 9 ragged", "int[16] < 9 ragged"),
    ],
)
def test_types_mean_what_they_say(written: str, printed: str) -> None:
    plain = written.split(" <")[0].split(" pad")[0].split(" ragged")[0]
    text = f"const V = 10\nmodel m(x: {written}) -> y: {plain} {{ y = x }}"
    assert str(lower_text(text).nodes[0].type) == printed


@pytest.mark.parametrize(
    ("layers", "declared"),
    [
        ("conv(8, 3)", "float[T - 2, 8]"),
        ("conv(8, 3, dilation = 4)", "float[T - 8, 8]"),
        ("conv(8, 3, stride = 2)", "float[(T - 3) // 2 + 1, 8]"),
        ("conv(8, 3, stride = 2)", "float[(T - 1) // 2, 8]"),
        ("conv(8, 3, stride = 2, same)", "float[ceil(T / 2), 8]"),
        ("conv(8, 3, stride = 2, same)", "float[(T + 1) // 2, 8]"),
        ("conv(8, 1, stride = 2) -> conv(8, 1, stride = 2)", "float[ceil(T / 4), 8]"),
        ("maxpool(4)", "float[T // 4, 4]"),
        ("maxpool(2) -> maxpool(2)", "float[T // 4, 4]"),
        ("conv(8, 3) -> conv(8, 5, same)", "float[2 * T - T - 2, 8]"),
        ("avgpool(3, 1, same)", "float[T, 4]"),
    ],
)
def test_symbolic_lengths_are_compared_by_what_they_are(
    lower: Lower, layers: str, declared: str
) -> None:
    assert lower(f"x -> {layers}", declared)


def test_a_head_need_not_repeat_bounds_and_masks() -> None:
    text = "model m(x: int[T] < 5 pad 0) -> int[T]{} {{ x -> shift(2) }}"
    for said in ("", " < 5", " < 5 pad 0"):
        assert check_text(text.format(said)) == []
    for said in (" < 6", " < 5 pad 1", " < 5 ragged"):
        codes = [d.code.number for d in check_text(text.format(said))]
        assert codes == (["SPC313"] if said != " < 5 ragged" else [])


def test_a_head_that_says_ragged_needs_a_mask(lower: Lower) -> None:
    assert lower("x -> relu", "float[T, 4] ragged", "float[T, 4] ragged")
    text = "model m(x: float[T, 4]) -> float[T, 4] ragged { x -> relu }"
    assert [d.code.number for d in check_text(text)] == ["SPC313"]


def test_two_names_are_two_lengths_and_one_name_is_one() -> None:
    text = "model m(a: float[T, 4], b: float[{}, 4]) -> float[T, 4] {{ add(a, b) }}"
    assert check_text(text.format("T")) == []
    assert [d.code.number for d in check_text(text.format("S"))] == ["SPC307"]


def test_a_merge_is_ragged_where_one_side_is() -> None:
    model = lower_text(
        "model m(a: float[T, 4], b: float[T, 4] ragged) -> float[T, 8] ragged {\n"
        "  concat(a, b)\n}"
    )
    assert model.nodes[-1].type.ragged


def test_a_sequence_of_numbers_has_a_mean(lower: Lower) -> None:
    assert lower("x -> mean", "float", "float[T]")
    assert lower("x -> mean", "float", "float[16] ragged")


def test_sizes_beyond_all_measure_overflow_nothing() -> None:
    model = lower_text(
        "model m(x: int[T] < 1000000000) -> float[T, 1000000000] {\n"
        "  x -> embed(1000000000) -> dense(1000000000)\n}"
    )
    counts = [w.count for node in model.nodes for w in node.weights]
    assert counts == [10**18, 10**18, 10**9]
