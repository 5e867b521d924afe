"""Sums over named axes: what their axes become, and mistakes in them."""

from __future__ import annotations

import pytest

from specc.ir.amount import Amount
from specc.ir.size import Size
from specc.lower import lower_text
from specc.passes import run_passes
from specc.report.cost import Sizes, count_cost

from .mistakes import Mistake

HEAD = (
    "model m(x: float[T, 4] ragged, y: float[S, 4], w: float[T, S, 3])"
    " -> {z} {{\n  {line}\n}}\n"
)
EVERY = "x * 1, y * 1, w * 1"

TYPES = {
    "x @ y": "float[T, S] ragged",
    "y @ x": "float[S, T] ragged",
    "x @ x": "float[T, T] ragged",
    "contract(x, y, 4)": "float[T, S] ragged",
    "(x, w) -> contract(T)": "float[4, S, 3]",
    "contract(w, y, S)": "float[T, 3, 4]",
    "contract(w, w, 3)": "float[T, S]",
    "contract(w, x, axis = T)": "float[S, 3, 4]",
    "w -> softmax(S)": "float[T, S, 3]",
    "x -> softmax(T) as weights": "float[T, 4] ragged",
    "sum(w, S)": "float[T, 3]",
    "max(x, 4)": "float[T] ragged",
    "w -> mean(T)": "float[S, 3]",
    "x -> conv(4, 3) -> softmax(T - 2) -> sum(T - 2)": "float[4]",
    "(x -> sum(4)) @ (x -> max(4))": "float",
}


@pytest.mark.parametrize("line", TYPES)
def test_axes_that_are_summed_go_and_others_stay_in_order(line: str) -> None:
    wanted = TYPES[line].removesuffix(" ragged")
    rest = "a: float[T, 4], b: float[S, 4], c: float[T, S, 3]"
    text = HEAD.format(z=f"z: {wanted}, {rest}", line=f"{line}, {EVERY}")
    model = run_passes(lower_text(text))
    assert str(model.type_of(model.outputs[0].ref)) == TYPES[line]


def test_in_a_block_an_axis_of_a_fixed_size_goes_by_its_name_too() -> None:
    text = (
        "block b() on (h: float[T, d]) { h -> max(d) -> softmax(T) -> sum(T) }\n"
        "model m(x: float[5, 4]) -> float { x -> b }"
    )
    model = run_passes(lower_text(text))
    assert [getattr(n.op, "axis", None) for n in model.nodes[1:]] == [1, 0, 0]


def test_a_sum_of_products_costs_a_product_for_every_pair() -> None:
    text = HEAD.format(
        z="a: float[T, S], b: float[T, 3, 4]", line="x @ y, contract(w, y, S)"
    )
    cost = count_cost(run_passes(lower_text(text)), Sizes(batch=1))
    T, S = Size.named("T"), Size.named("S")
    assert cost.multiply_adds == Amount.product(T, S, 4 + 12)


def test_what_a_softmax_gives_is_not_set_to_zero_once_more() -> None:
    text = (
        "model m(q: float[T, 4] ragged, k: float[S, 4] ragged) -> float[T, 4] {\n"
        "  contract(q @ k -> softmax(S), k, S)\n}"
    )
    model = run_passes(lower_text(text))
    assert model.nodes[-1].masks[0] is None
    assert model.nodes[-1].masks[1] is not None


def line(
    lines: str, code: str, message: str, help: str = "", z: str = "float[T, 4]"
) -> Mistake:
    return Mistake(HEAD.format(z=z, line=lines), code, message, help)


MISTAKES = [
    line("contract(x, y, ^Q)", "SPC201", "no axis is called `Q`"),
    line("x -> softmax(^Q)", "SPC201", "no axis is called `Q`"),
    line("^contract(x, y, T)", "SPC307", "`float[S, 4]` has none", "both have `4`"),
    line("^contract(x, w, 7)", "SPC307", "`float[T, 4] ragged` has none", "`T`"),
    line("^contract(x, y)", "SPC206", "needs the axis", "contract(a, b, T)"),
    line("^contract(x, T)", "SPC209", "takes 2 values, found 1"),
    line("contract(x, y, 4, ^T)", "SPC207", "one axis, found 2"),
    line("^contract(x, w -> mean(3), T) @ 2", "SPC317", "`@` sums over an axis"),
    line("^x @ w", "SPC307", "found `float[T, 4] ragged` and", "contract(a, b, S)"),
    line("x @ ^relu", "SPC210", "found a layer", "value -> layer"),
    line("x -> ^softmax(S)", "SPC307", "has none", "its axes are `T`, `4`"),
    line("x -> ^sum(S)", "SPC307", "`sum` goes along the axis `S`"),
    line("x -> softmax(^0)", "SPC302", "between 1 and"),
    line("x -> mean(T, ^4)", "SPC207", "one axis, found 2"),
    line("x @ x -> ^sum", "SPC306", "ragged along another", "`sum(T)`"),
    line("contract(x, ^relu, T)", "SPC204", "has no option `relu`"),
    line("x -> contract ^{ relu }", "SPC217", "takes no body"),
    Mistake(
        "model m(x: int[T] < 5) -> float[T] { ^x @ x }", "SPC304", "`@` needs float"
    ),
    Mistake(
        "model m(x: float[T, 1]) -> float[T, 1] { x -> ^softmax(1) }",
        "SPC315",
        "over one element",
    ),
    Mistake(
        "model m(x: float[T, S, 4], y: float[S, T, 4]) -> float[T, S] {\n"
        "  ^contract(x, y, 4)\n}",
        "SPC307",
        "across each other",
        "in one order",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_in_a_sum_is_told_once_and_in_its_place(mistake: Mistake) -> None:
    mistake.check()
