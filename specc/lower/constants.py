"""Arithmetic on constants: `const V = 2 ** 13 - 7`, sizes, option values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from specc.diagnostics import Sink
from specc.diagnostics.codes import NOT_A_NUMBER, TOO_LARGE, WRONG_OPTION
from specc.syntax import tree
from specc.text import Span

Number = int | float
DIGIT_LIMIT = 10**18

_FUNCTIONS: dict[str, Callable[..., Number]] = {
    "min": min,
    "max": max,
    "ceil": math.ceil,
    "floor": math.floor,
}


def is_constant(expression: tree.Expression, names: Mapping[str, object]) -> bool:
    """Whether an expression is arithmetic on numbers and the given names alone."""
    match expression:
        case tree.Number():
            return True
        case tree.Name(text=text, primed=primed):
            return not primed and isinstance(names.get(text), int | float)
        case tree.Negative(operand=operand):
            return is_constant(operand, names)
        case tree.Power(base=base, exponent=exponent):
            return is_constant(base, names) and is_constant(exponent, names)
        case tree.Arithmetic(first=first, rest=rest):
            operands = (first, *(operand for _, operand in rest))
            return all(is_constant(operand, names) for operand in operands)
        case tree.Call(function=function, arguments=arguments, body=None):
            return function.text in _FUNCTIONS and all(
                is_constant(argument.value, names) for argument in arguments
            )
        case _:
            return False


def evaluate(
    expression: tree.Expression, names: Mapping[str, object], sink: Sink
) -> Number | None:
    """The number a constant expression is; None where that was reported as an error."""
    match expression:
        case tree.Number(value=value):
            return value
        case tree.Name(text=text) if is_constant(expression, names):
            known = names[text]
            assert isinstance(known, int | float)
            return known
        case tree.Negative(operand=operand):
            number = evaluate(operand, names, sink)
            return None if number is None else -number
        case tree.Power(base=base, exponent=exponent):
            return _power(expression, base, exponent, names, sink)
        case tree.Arithmetic(first=first, rest=rest):
            return _arithmetic(first, rest, names, sink)
        case tree.Call(function=function) if function.text in _FUNCTIONS:
            return _call(expression, names, sink)
    sink.report(
        NOT_A_NUMBER,
        expression.span,
        f"expected a number, found `{_short(expression.span)}`",
        help="numbers, `const` names and arithmetic on them can stand here",
    )
    return None


def _arithmetic(
    first: tree.Expression,
    rest: tuple[tuple[str, tree.Expression], ...],
    names: Mapping[str, object],
    sink: Sink,
) -> Number | None:
    total = evaluate(first, names, sink)
    for operator, operand in rest:
        right = evaluate(operand, names, sink)
        if total is None or right is None:
            return None
        total = _apply(operator, total, right, operand.span, sink)
    return total


def _apply(
    operator: str, left: Number, right: Number, span: Span, sink: Sink
) -> Number | None:
    if operator in ("/", "//", "%") and right == 0:
        sink.report(WRONG_OPTION, span, f"`{operator}` by zero")
        return None
    match operator:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case "/":
            result = left / right
        case "//":
            result = left // right
        case "%":
            result = left % right
        case _:
            sink.report(NOT_A_NUMBER, span, f"`{operator}` is not for numbers")
            return None
    return _limited(result, span, sink)


def _power(
    whole: tree.Power,
    base: tree.Expression,
    exponent: tree.Expression,
    names: Mapping[str, object],
    sink: Sink,
) -> Number | None:
    left, right = evaluate(base, names, sink), evaluate(exponent, names, sink)
    if left is None or right is None:
        return None
    if abs(right) > 64 or (left == 0 and right < 0) or (left < 0 and right % 1):
        message = f"`{left} ** {right}` is not a number that fits here"
        sink.report(TOO_LARGE, whole.span, message)
        return None
    return _limited(left**right, whole.span, sink)


def _call(call: tree.Call, names: Mapping[str, object], sink: Sink) -> Number | None:
    numbers = [evaluate(argument.value, names, sink) for argument in call.arguments]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        return None
    name = call.function.text
    wanted = (1, 1) if name in ("ceil", "floor") else (2, 99)
    if not wanted[0] <= len(known) <= wanted[1]:
        message = f"`{name}` takes {wanted[0]} number(s), found {len(known)}"
        sink.report(WRONG_OPTION, call.span, message)
        return None
    return _FUNCTIONS[name](*known)


def _limited(result: Number, span: Span, sink: Sink) -> Number | None:
    if abs(result) < DIGIT_LIMIT:
        return result
    sink.report(TOO_LARGE, span, "a number here has more than 18 digits")
    return None


def _short(span: Span) -> str:
    text = " ".join(span.text.split())
    return text if len(text) <= 40 else f"{text[:37]}..."
