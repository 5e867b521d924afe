"""Wrong uses of the layers that change shapes, merge values or know places."""

from __future__ import annotations

import pytest

from specc.lower import check_text, lower_text

from .mistakes import Mistake, body

MISTAKES = [
    body("x -> ^reshape", "SPC206", "needs `sizes`", "reshape(4, 8)", x="float[4]"),
    body("x -> reshape(2, ^0)", "SPC205", "at least 1, found 0", x="float[4]"),
    body("x -> reshape(^2.5, 4)", "SPC205", "a whole number", x="float[4]"),
    body("x -> reshape(^sizes = 4)", "SPC205", "without their word", x="float[4]"),
    body("x -> ^reshape(2, 3)", "SPC307", "holds 4 numbers, the new", x="float[4]"),
    body("x -> ^reshape(1, 1, 1, 1, 1, 1, 4)", "SPC220", "6 axes", x="float[4]"),
    body("x -> ^reshape(4, 4)", "SPC309", "lose the mask", "`mean`"),
    body("a, b = x -> ^split; a, b", "SPC206", "needs `sizes`", "split(4, 8)"),
    body("a, b, c = x -> ^split(3); a", "SPC312", "4 features", "`split(1, 3)`"),
    body("a, b = x -> ^split(2, 3); a", "SPC307", "5 features in all", "add up"),
    body("x -> ^split(1)", "SPC205", "leaves its value", "`split(2, 6)`"),
    body("a, b, c = ^x -> split(2); a", "SPC214", "3 names stand for 2"),
    body("x -> ^conv(4, 3, padding = 2)", "SPC205", "see nothing", "padding = 1"),
    body("x -> conv(4, 3, padding = ^0)", "SPC205", "at least 1"),
    body("x -> ^transpose", "SPC309", "lose the mask"),
    body("x -> ^transpose", "SPC308", "fixed sizes", x="float[T, 4]"),
    body("x -> ^transpose", "SPC317", "has 1", "reshape", x="float[4]"),
    body("x -> ^crop", "SPC206", "needs `start`", "crop(2)"),
    body("x -> ^crop(1, 2)", "SPC309", "`T` is ragged", "`reverse`"),
    body("x -> ^crop(1, 2)", "SPC308", "`T` is open", "`stop`", x="float[T, 4]"),
    body("x -> ^crop(1, 2)", "SPC311", "3 steps of 3", x="float[3, 4]"),
    body("x -> ^reverse", "SPC305", "no", "time axis", x="float[4]"),
    body("x -> ^reverse", "SPC306", "3 axes", "over T", x="float[T, 5, 4]"),
    body("x -> ^upsample", "SPC206", "needs `n`"),
    body("x -> upsample(99999) -> ^upsample(99999)", "SPC220", "at most"),
    body("x -> ^repeat_vector(3)", "SPC317", "no axis", x="float"),
    body("x -> ^repeat_vector(3)", "SPC306", "one vector", "`upsample(n)`"),
    body("x -> ^positions(4)", "SPC206", "needs `kind`", "positions(64, learned)"),
    body("x -> ^positions(4, learned)", "SPC206", "any length", "length = 512"),
    body("x -> ^positions(5, sinusoidal)", "SPC205", "even, found 5", "6"),
    body("x -> ^positions(4, sinusoidal, 9)", "SPC205", "no use for `length`"),
    body("x -> ^positions(4, sinusoidal, frozen)", "SPC205", "for `frozen`"),
    body("x -> ^positions(4, learned, 8)", "SPC307", "8 positions", x="float[9, 4]"),
    body("x -> ^one_hot", "SPC304", "looks up ids"),
    body("x -> ^one_hot", "SPC303", "which is missing", x="int[T]"),
    body("x -> rmsnorm(epsilon = ^0)", "SPC205", "above 0"),
    body("x -> noise(^-1)", "SPC205", "at least 0"),
    body("x -> ^multiply", "SPC209", "2 values or more, found 1"),
    body("(x, x, x) -> ^subtract", "SPC209", "takes 2 values, found 3"),
    body(
        "(x, x -> ^positions(4, learned, length = 20)) -> add -> conv(8, 30) -> max",
        "SPC311",
        "the table has 20 positions, but the model needs at least 30 steps of `T`",
        y="float[8]",
    ),
    body("(x, x) -> ^distance", "SPC206", "needs `kind`", "distance(l1)"),
    body("h = x -> dense(3); ^cosine(x, h)", "SPC307", "features"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_told_once_and_in_its_place(mistake: Mistake) -> None:
    mistake.check()


@pytest.mark.parametrize(
    ("flow", "given", "made"),
    [
        ("x -> crop(2)", "float[T, 4] ragged", "float[T - 2, 4]"),
        ("x -> crop(0, 2)", "float[9, 4]", "float[7, 4]"),
        ("x -> upsample(3)", "float[T, 4] ragged", "float[3 * T, 4]"),
        ("x -> crop(1) -> upsample(2)", "float[T, 4]", "float[2 * T - 2, 4]"),
        ("x -> reshape(2, 2, 3)", "float[12]", "float[2, 2, 3]"),
        ("x -> transpose", "float[3, 4]", "float[4, 3]"),
        ("x -> repeat_vector(5)", "float[4]", "float[5, 4]"),
        ("x -> positions(6, sinusoidal)", "int[T] < 9 pad 0", "float[T, 6]"),
        ("x -> one_hot", "int < 9", "float[9]"),
        ("(x, x) -> distance(l1)", "float[T, 4]", "float[T]"),
    ],
)
def test_types(flow: str, given: str, made: str) -> None:
    text = f"model m(x: {given}) -> {made} {{\n  {flow}\n}}\n"
    assert check_text(text) == []
    assert lower_text(text).outputs
