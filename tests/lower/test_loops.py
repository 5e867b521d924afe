"""`for` and `each`: what they go through, and mistakes in them."""

from __future__ import annotations

import pytest

from specc.lower import check_text, lower_text

from .mistakes import Mistake, body

MISTAKES = [
    body("x -> for i in ^[] { dense(8) }", "SPC217", "empty list"),
    body("x -> each i in ^[] { dense(8) } -> add", "SPC217", "empty list"),
    body("x -> for i in ^0 { dense(8) }", "SPC212", "at least once, not 0"),
    body("x -> for i in ^-2 { dense(8) }", "SPC212", "not -2"),
    body("x -> for i in ^2.5 { dense(8) }", "SPC212", "not 2.5"),
    body('x -> for i in ^"a" { dense(8) }', "SPC212", "expected a number"),
    body("x -> for i in ^x { dense(8) }", "SPC201", "no number is called `x`"),
    body("x -> for ^x in 3 { dense(8) }", "SPC203", "`x` already names"),
    body("x -> for i in 3 { for ^i in 2 { dense(8) } }", "SPC203", "`i` already"),
    body("x -> for i in ^100001 { dense(8) }", "SPC220", "at most 100,000 times"),
    body("x -> for i in 3 ^{ } -> dense(8)", "SPC217", "one flow of layers"),
    body("x -> for i in 3 { ^dense(8), relu }", "SPC217", "one flow"),
    body("x -> for i in 3 { ^x -> dense(8) }", "SPC211", "expected a layer"),
    body("x -> for i in 3 { ^i }", "SPC211", "found the number 0"),
    body("x -> for i in 3 { dense(8, ^foo) }", "SPC204", "no option `foo`"),
    Mistake(
        "model m(x: float[4]) -> float[4] {\n"
        "  (x, x) -> ^each k in [1, 2, 3] { dense(k) } -> concat\n}",
        "SPC209",
        "2 values cannot flow into 3 layers",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_in_a_loop_is_told_once_and_in_its_place(mistake: Mistake) -> None:
    mistake.check()


@pytest.mark.parametrize(
    ("loop", "units"),
    [
        ("for i in 3 { dense(i + 1) }", [1, 2, 3]),
        ("for i in [5, n, 2 * n] { dense(i) }", [5, 7, 14]),
        ("for i in n - 4 { dense(2 ** i) }", [1, 2, 4]),
        ("for i in 2 { for j in 2 { dense(1 + i + 2 * j) } }", [1, 3, 2, 4]),
        ("each k in [3, 4] { dense(k) } -> concat", [3, 4]),
        ("each k in 2 { dense(k + 1) } -> concat", [1, 2]),
    ],
)
def test_a_loop_goes_through_its_numbers_in_order(loop: str, units: list[int]) -> None:
    width = sum(units) if "each" in loop else units[-1]
    text = f"const n = 7\nmodel m(x: float[4]) -> float[{width}] {{ x -> {loop} }}"
    nodes = lower_text(text).nodes
    assert [n.type.axes[0].size.fixed for n in nodes if n.weights] == units


@pytest.mark.parametrize("inner", ["dense(4)", "idle"])
def test_loops_in_loops_are_refused_before_they_run(inner: str) -> None:
    loop = f"for i in 1000 {{ for j in 1000 {{ for k in 1000 {{ {inner} }} }} }}"
    text = (
        "block idle() on (x) { x }\n"
        f"model m(x: float[4]) -> float[4] {{ x -> {loop} }}"
    )
    (found,) = check_text(text)
    assert (found.code.number, found.labels[0].span.column) == ("SPC220", 66)
