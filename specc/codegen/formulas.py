"""A weight's start that is a formula, as NumPy code: `np.log(...)` of what is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from specc.codegen.expressions import (
    Atom,
    Attribute,
    Binary,
    Constant,
    Expression,
    Unary,
    call,
    literal,
)
from specc.ir.formula import Formula, Part

Drawn = Callable[[str, Expression], Expression]
"""A call of an initialiser that takes no numbers, for a path."""
FUNCTIONS = {"min": "np.minimum", "max": "np.maximum"}
SINGLE = Atom("np.float32")


def start_call(
    formula: Formula,
    path: Expression,
    shape: Expression,
    drawn: Drawn,
    weights: Mapping[str, Expression],
) -> Expression:
    """The first value of a weight, in float32.

    `weights`: the variables that hold the first values of those it uses, in float64.
    """
    part = formula.draw
    if part is not None and (simple := _simple(part, path, shape, drawn)):
        return simple
    value = _computed(formula, path, shape, drawn, weights)
    if not _has_shape(formula):
        return call("np.full", shape, value, SINGLE)
    return call(SINGLE, value)


def _simple(
    part: Part, path: Expression, shape: Expression, drawn: Drawn
) -> Expression | None:
    """The call for one draw where a function makes just that."""
    if part.word == "constant":
        return call("np.full", shape, number(part.numbers[0]), SINGLE)
    if part.word == "truncated_normal":
        return _truncated(part, path, shape)
    if part.word in ("uniform", "normal") and part.numbers:
        first, second = part.numbers
        if first != (-second if part.word == "uniform" else 0):
            return None
        return call(part.word, Atom("seed"), path, shape, number(second))
    return _scaled(part, path, drawn)


def wide_call(
    formula: Formula,
    path: Expression,
    shape: Expression,
    drawn: Drawn,
    weights: Mapping[str, Expression],
) -> Expression:
    """The same in float64, before it is rounded."""
    value = _computed(formula, path, shape, drawn, weights)
    return value if _has_shape(formula) else call("np.full", shape, value)


def _has_shape(formula: Formula) -> bool:
    """Whether anything in it has the weight's shape, and is no number."""
    return any(
        part.kind == "weight" or (part.kind == "draw" and part.word != "constant")
        for part in formula.parts
    )


def _computed(
    formula: Formula,
    path: Expression,
    shape: Expression,
    drawn: Drawn,
    weights: Mapping[str, Expression],
) -> Expression:
    """What it comes to in float64: an array of the shape, or a number."""
    made: list[Expression] = []
    draws = 0
    for part in formula.parts:
        operands = [made[place] for place in part.parts]
        match part.kind:
            case "number":
                made.append(number(part.numbers[0]))
            case "weight":
                made.append(weights[part.word])
            case "draw":
                draws += 1
                made.append(_draw(part, _numbered(path, draws), shape, drawn))
            case "function" if part.word == "negative":
                made.append(Unary("-", operands[0]))
            case "function":
                name = FUNCTIONS.get(part.word, f"np.{part.word}")
                made.append(call(name, *operands))
            case "operator":
                made.append(Binary(part.word, *operands))  # type: ignore[arg-type]
    return made[-1]


def _draw(part: Part, path: Expression, shape: Expression, drawn: Drawn) -> Expression:
    if part.word == "constant":
        return number(part.numbers[0])
    if part.word in ("uniform", "normal") and part.numbers:
        generator = call("generator", Atom("seed"), path)
        numbers = map(number, part.numbers)
        return call(Attribute(generator, part.word), *numbers, shape)
    if part.word == "truncated_normal":
        return call("np.float64", _truncated(part, path, shape))
    return call("np.float64", _scaled(part, path, drawn))


def _truncated(part: Part, path: Expression, shape: Expression) -> Expression:
    mean, deviation = part.numbers
    rest = (number(mean),) if mean else ()
    given = (Atom("seed"), path, shape, number(deviation), *rest)
    return call("truncated_normal", *given)


def _scaled(part: Part, path: Expression, drawn: Drawn) -> Expression:
    """What an initialiser draws, times the number it is given."""
    found = drawn(part.word, path)
    if not part.numbers:
        return found
    return Binary("*", number(part.numbers[0]), found)


def _numbered(path: Expression, draw: int) -> Expression:
    """The path of a draw: the weight's own, and for a second draw a 2 after it."""
    if draw == 1:
        return path
    if isinstance(path, Constant):
        return Constant(f"{path.text[:-1]} {draw}{path.text[-1]}")
    assert isinstance(path, Binary) and isinstance(path.right, Constant)
    return Binary(path.operator, path.left, _numbered(path.right, draw))


def number(value: float) -> Expression:
    """A number, as a whole one where it is one."""
    whole = value.is_integer() and abs(value) < 2**31
    return literal(int(value) if whole else value)
