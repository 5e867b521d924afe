"""Arithmetic on values: how axes meet, and mistakes in it."""

from __future__ import annotations

import pytest

from specc.lower import lower_text
from specc.ops.arithmetic import Arithmetic
from specc.passes import run_passes
from specc.report.parameters import count_parameters

from .mistakes import Mistake, body

HEAD = "model m(x: float[T, 4] ragged, z: {z}) -> y: {y} {{\n  {line}\n}}\n"


@pytest.mark.parametrize(
    ("line", "z", "y"),
    [
        ("x + z", "float[T, 4]", "float[T, 4] ragged"),
        ("x * z", "float[T]", "float[T, 4] ragged"),
        ("z * x", "float[4]", "float[T, 4] ragged"),
        ("x / z", "float", "float[T, 4] ragged"),
        ("z * (x -> mean)", "float[T, 4]", "float[T, 4]"),
        ("x * z", "float[T, 4] ragged", "float[T, 4] ragged"),
        ("2 ** z - -x", "float[T, 4]", "float[T, 4] ragged"),
        ("x * (z -> sum)", "float[T, 4]", "float[T, 4] ragged"),
        ("relu(x) + tanh(z)", "float[T, 4]", "float[T, 4] ragged"),
    ],
)
def test_axes_meet_by_their_size(line: str, z: str, y: str) -> None:
    model = run_passes(lower_text(HEAD.format(line=line, z=z, y=y)))
    assert str(model.type_of(model.outputs[0].ref)).startswith(y.split(" ")[0])


def test_of_two_axes_of_one_size_the_last_one_is_met() -> None:
    text = "model m(x: float[4, 4], z: float[4]) -> float[4, 4] { z * x }"
    (op,) = (n.op for n in lower_text(text).nodes if isinstance(n.op, Arithmetic))
    assert (op.left, op.right) == (None, None)


def test_the_report_leaves_sums_and_numbers_out() -> None:
    text = HEAD.format(
        line="-(x + 1) * z -> dense(2)", z="float[T, 4]", y="float[T, 2]"
    )
    rows = count_parameters(run_passes(lower_text(text))).layers
    assert [row.name for row in rows] == ["dense"]


MISTAKES = [
    body("(^x + (x -> dense(3))) -> dense(8)", "SPC307", "`+` cannot bring"),
    body("(^x * (x -> dense(1))) -> dense(8)", "SPC307", "float[T, 1]"),
    body("^x @ 2 -> dense(8)", "SPC317", "`@` sums over an axis", "`*` multiplies"),
    body("^x % 2 -> dense(8)", "SPC217", "`%` works on numbers", "+ - * /"),
    body("^x // x -> dense(8)", "SPC217", "`//` works on numbers"),
    body("x + ^relu -> dense(8)", "SPC210", "found a layer", "value -> layer"),
    body("^(x, x) + x -> dense(8)", "SPC210", "found 2 values"),
    body('x + ^"a" -> dense(8)', "SPC210", "found the text 'a'"),
    body("-^relu -> dense(8)", "SPC210", "found a layer"),
    Mistake(
        "model m(x: float[T] ragged, z: float[4, T]) -> float[T] {\n"
        "  x * z -> ^mean\n}",
        "SPC306",
        "ragged along another",
        "`mean(T)`",
    ),
    body("^x + 1 -> embed(8)", "SPC304", "`+` needs float values", x="int[T] < 5"),
    Mistake(
        "model m(x: float[T, 4], z: float[S, 4]) -> float[T, 4] {\n  ^x + z\n}",
        "SPC307",
        "`float[T, 4]` and `float[S, 4]`",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_in_arithmetic_is_told_once_and_in_its_place(
    mistake: Mistake,
) -> None:
    mistake.check()
