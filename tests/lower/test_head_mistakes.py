"""Mistakes outside of bodies: heads, constants, declarations; and limits."""

from __future__ import annotations

import pytest

from specc.diagnostics import Failure
from specc.lower import check_text, lower_text

from .mistakes import Mistake, const


def head(
    x: str, code: str, message: str, help: str = "", layers: str = "embed(8)"
) -> Mistake:
    """A mistake in the type of an input."""
    text = f"model m(x: {x}) -> float[T, 8] {{\n  x -> {layers}\n}}\n"
    return Mistake(text, code, message, help)


def output(
    y: str, code: str, message: str, help: str = "", layers: str = "dense(1)"
) -> Mistake:
    """A mistake in the type of an output; the body gives `float[T, 1]`."""
    text = f"model m(x: float[T, 8] ragged) -> {y} {{\n  x -> {layers}\n}}\n"
    return Mistake(text, code, message, help)


INPUTS = [
    head("^flaot[T]", "SPC301", "no type `flaot`", "did you mean `float`?"),
    head("int[^0] < 9", "SPC302", "between 1 and 1,000,000,000, found 0"),
    head("int[^-1] < 9", "SPC302", "found -1"),
    head("int[^64.5] < 9", "SPC302", "found 64.5"),
    head("int[^10 ** 12] < 9", "SPC302", "found 1,000,000,000,000"),
    head("int[^T + 1] < 9", "SPC302", "found `T + 1`", "`int[T]`"),
    head('int[^"a"] < 9', "SPC302", 'found `"a"`', "`int[T]`"),
    head("int[^f(3)] < 9", "SPC302", "found `f(3)`"),
    head("int[^T'] < 9", "SPC302", "found `T'`"),
    head("int[T] < ^0", "SPC302", "a bound is a whole number", ""),
    head("int[T] < ^2.5", "SPC302", "found 2.5"),
    head("int[T] < ^V", "SPC201", "no number is called `V`", "const V = ..."),
    head("int[T] < ^(x, x)", "SPC212", "expected a number, found `(x, x)`"),
    head("int[T] < 9 pad ^9", "SPC314", "0 to 8, found 9"),
    head("int[T] < 9 pad ^-1", "SPC314", "0 to 8, found -1"),
    head("int[T] < 9 pad ^0.5", "SPC314", "found 0.5"),
    head("^float[T] < 9", "SPC304", "only `int` has a bound", "`ragged`"),
    head("^float[T, 8] pad 0", "SPC304", "only `int` has a bound or a padding id"),
    head("^int[T] < 9 pad 0 ragged", "SPC316", "`pad` already says", "leave `ragged`"),
    head("^int < 9 pad 0", "SPC316", "only a value with an axis", "write the axis"),
    head("^float ragged", "SPC316", "only a value with an axis"),
]
OUTPUTS = [
    output("^float[1]", "SPC313", "gives `float[T, 1] ragged`", "`final`"),
    output("^float[T, 2]", "SPC313", "declared `float[T, 2]`", "as `float[T, 1]`"),
    output("^float[T]", "SPC313", "declared `float[T]`", "as `float[T, 1]`"),
    output("^int[T, 1]", "SPC313", "declared `int[T, 1]`", "as `float[T, 1]`"),
    output("^float[T + 1, 1]", "SPC313", "declared `float[T + 1, 1]`"),
    output("^float[T, 8]", "SPC313", "gives `float[8]`", "`final`", layers="mean"),
    output("^float[T, 1]", "SPC313", "", "float[T // 2, 8]", layers="maxpool(2)"),
    output(
        "float[^S, 1]", "SPC201", "no length is called `S`", "lengths of the inputs"
    ),
    output("float[^T * T, 1]", "SPC302", "`T * T` is not a length", "`//` a number"),
    output("float[^T // 0, 1]", "SPC302", "`T // 0` is not a length"),
    output("float[^T / 2, 1]", "SPC302", "`T / 2` is not a length"),
    output("float[^min(T, 2), 1]", "SPC302", "is not a length"),
    output("float[T, ^0]", "SPC302", "found 0"),
    output(
        "y: float[T, 1], ^y: float[T, 1]",
        "SPC203",
        "two outputs are called `y`",
        layers="(dense(1), dense(1))",
    ),
    output(
        "float[T, 1], ^output: float[T, 1]",
        "SPC203",
        "two outputs are called",
        layers="(dense(1), dense(1))",
    ),
    output("^class: float[T, 1]", "SPC219", "`class` cannot be a name", "`class_`"),
]
CONSTANTS = [
    const("^1 / 0", "SPC212", "divides by zero"),
    const("2 * (^7 % 0)", "SPC212", "divides by zero"),
    const("^0 ** -1", "SPC212", "divides by zero"),
    const("^(-8) ** 0.5", "SPC212", "not a real number"),
    const('^"a"', "SPC212", 'found `"a"`', "`const` names"),
    const("^[1, 2]", "SPC212", "found `[1, 2]`"),
    const("^3 @ 4", "SPC212", "`@` multiplies weights", "write `*`"),
    const("^W", "SPC201", "no number is called `W`", "declare it first"),
    const("^WIDHT", "SPC201", "", "`WIDTH`", before="const WIDTH = 3"),
    const("^V", "SPC201", "no number is called `V`"),
    const("^10 ** 18", "SPC220", "more than 18 digits"),
    const("^1e300 ** 2", "SPC220", "more than 18 digits"),
    const("2 ** ^65", "SPC220", "an exponent is at most 64"),
    const("^ceil(1e300)", "SPC220", "more than 18 digits"),
    const("^min(3)", "SPC209", "2 numbers or more, found 1"),
    const("^ceil(1, 2)", "SPC209", "1 number, found 2"),
    const("^floor(x = 2.5)", "SPC209", "a name for one"),
    const("^foo(2)", "SPC212", "found `foo(2)`"),
]
MODEL = "model m(x: float[T, 4]) -> float[T, 4] { x }\n"
DECLARATIONS = [
    Mistake(f"const V = 3\nconst ^V = 4\n{MODEL}", "SPC203", "`V` is declared twice"),
    Mistake(MODEL + MODEL.replace("m(", "^m("), "SPC203", "`m` is declared twice"),
    Mistake(f"const m = 3\n{MODEL.replace('m(', '^m(')}", "SPC203", "`m` is declared"),
    Mistake(
        f"cell ^mean(u: int) {{\n state h[u]\n h' = h\n}}\n{MODEL}",
        "SPC203",
        "`mean` is a layer of the language",
    ),
    Mistake(
        f"cell ^attend(u: int) {{\n state h[u]\n h' = h\n}}\n{MODEL}",
        "SPC203",
        "`attend` is a layer of the language",
    ),
    Mistake("model m(x: float[4], ^x: float[4]) -> float[4] { x }", "SPC203", "`x`"),
    Mistake(
        "const V = 3\nmodel m(^V: float[4]) -> float[4] { V -> dense(V) }",
        "SPC203",
        "`V` is a constant of this file",
    ),
    Mistake(
        "model m(x: float[T, 4] ragged, ^x_mask: float[T, 4]) -> float[T, 4] {\n"
        "  add(x, x_mask)\n}",
        "SPC203",
        "`x_mask` is the mask of `x`",
    ),
    Mistake("model m(x: float[4], ^z: float[4]) -> float[4] { x }", "SPC215", "`z`"),
    Mistake("model ^lambda(x: float[4]) -> float[4] { x }", "SPC219", "`lambda`"),
    Mistake("model m(^__x: float[4]) -> float[4] { __x }", "SPC219", "`__x`", "`x_`"),
    Mistake(f"block b(^n: int) {{ relu }}\n{MODEL}", "SPC215", "`n` is never used"),
]


@pytest.mark.parametrize(
    "mistake", [*INPUTS, *OUTPUTS, *CONSTANTS, *DECLARATIONS], ids=str
)
def test_a_mistake_outside_of_bodies_is_told_once(mistake: Mistake) -> None:
    mistake.check()


def test_mistakes_that_have_nothing_to_do_with_each_other_are_all_told() -> None:
    text = """const V = 1 / 0
cell c(units: int) {
  state h[units]
  param W, U
  h' = tahn(W @ x) + U @ x
}
cell d(units: int, final: int) {
  state h[units]
}
model one(ids: int[T] < V, x: flaot[T]) -> y: float[T, 8] {
  a = ids -> embed(8) -> dens(8)
  b = x -> lstm(8, finall) -> c(8, bais = none)
  (a, b) -> add
}
model two(x: float[T, 4]) -> (float[8], class: int[T]) {
  f = dense(8)
  x -> conv(8, 0) -> f
  x -> dense(8, rellu), x -> dropout(2)
}
"""
    found = check_text(text)
    lines = [(d.code.number, d.labels[0].span.line) for d in found]
    assert lines == [
        ("SPC212", 1),
        ("SPC203", 7),
        ("SPC403", 5),
        ("SPC301", 10),
        ("SPC202", 11),
        ("SPC204", 12),
        ("SPC204", 12),
        ("SPC219", 15),
        ("SPC210", 16),
        ("SPC205", 17),
        ("SPC204", 18),
        ("SPC205", 18),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "const V = W\nmodel m(x: int[T] < V) -> float[T, 8] { x -> embed(V) }",
        "const V = 1 / 0\nmodel m(x: float[T, V]) -> float[V] { x -> dense(V) }",
        "const V = 1 / 0\nconst U = V + 1\nmodel m(x: float[U]) -> float[U] { x }",
        "model m(x: float[0]) -> float[T, 8] { x -> lstm(8) }",
        "model m(x: float[T, 0]) -> float[T, 8] { x -> lstm(8) -> dense(8) }",
        "model m(x: float[T, 4]) -> float[T, 8] { h = x -> dens(3)\n h -> lstm(8) }",
        "model m(x: float[T, 4]) -> float[T, 8] { a = x -> relu\n a -> dens(8) }",
        "model m(x: float[T, 4]) -> float[T, 8] { a, b = x -> dens(3)\n add(a, b) }",
        "model m(x: float[T, 4]) -> float[T, 8] { let f = dens(3)\n x -> f -> f }",
        "model m(x: float[T, 4]) -> float[T, 8] { x -> lstm(8, init = y) }",
        "cell c(units: int) { state h[unit]\n h' = h }\n"
        "model m(x: float[T, 4]) -> float[T, 8] { x -> c(8) -> c(3) }",
        "cell c(units: float32) { state h[units]\n h' = h }\n"
        "model m(x: float[T, 4]) -> float[T, 8] { x -> c(8) }",
        'import "a.seq"\nmodel m(x: float[T, V]) -> float[T, 8] { x -> tcn(V) }',
        "block tcn(n: int) { relu }\n"
        "model m(x: float[T, 4]) -> float[T, 8] { x -> tcn(8) -> tcn(3) -> tcn }",
    ],
)
def test_nothing_that_follows_from_a_mistake_is_told(text: str) -> None:
    assert len(check_text(text)) == 1


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("x -> for i in 50001 { relu -> relu }", "more than 100,000 layers"),
        (
            "let a0 = relu\n"
            + "".join(f"let a{i + 1} = a{i} -> a{i}\n" for i in range(40))
            + "x -> a40",
            "more than 100,000 layers",
        ),
        (
            "let a0 = embed(3)\n"
            + "".join(f"let a{i + 1} = (a{i}, a{i})\n" for i in range(40))
            + "x -> a40 -> concat",
            "applied more than 1,000,000 times",
        ),
        (
            "let a0 = relu\n"
            + "".join(f"let a{i + 1} = a{i}\n" for i in range(3000))
            + "x -> a3000",
            "more than 100 deep",
        ),
        (
            "t0 = (x, x)\n"
            + "".join(f"t{i + 1} = (t{i}, t{i})\n" for i in range(40))
            + "t40 -> add",
            "at most 1,000 values",
        ),
        (
            "t0 = (x, x)\n"
            + "".join(f"t{i + 1} = (t{i}, x)\n" for i in range(900))
            + "t900 -> add",
            "64 deep",
        ),
        (f"x{' -> maxpool(1000)' * 4}", "stands for at most 1,000,000,000 steps"),
    ],
    ids=["long", "doubling", "spreading", "nested", "tuples", "deep", "coarse"],
)
def test_models_without_end_are_refused(lines: str, message: str) -> None:
    text = f"model m(x: float[T, 4]) -> float[T, 4] {{\n{lines}\n}}"
    found = check_text(text)
    assert found[-1].code.number == "SPC220"
    assert message in found[-1].message


def test_the_deepest_spec_there_may_be_needs_no_deeper_stack() -> None:
    nested = "(" * 60 + "relu" + ")" * 60
    lets = "".join(f"let a{i + 1} = {'(' * 30}a{i}{')' * 30}\n" for i in range(90))
    text = (
        "model m(x: float[T, 4]) -> float[T, 4] {\n"
        f"let a0 = {nested}\n{lets}"
        f"{'relu(' * 30}{'(' * 30}x -> a90{')' * 60}\n}}"
    )
    assert check_text(text) == []


def test_a_text_without_a_model_has_none_to_give() -> None:
    assert check_text("const V = 3") == []
    with pytest.raises(Failure) as raised:
        lower_text("const V = 3")
    assert [d.code.number for d in raised.value.diagnostics] == ["SPC216"]
