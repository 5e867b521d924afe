"""Arithmetic on constants: `const V = 2 ** 13 - 7`, sizes, option values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import (
    NOT_A_NUMBER,
    TOO_LARGE,
    UNKNOWN_NAME,
    WRONG_ARITY,
)
from specc.lower.wording import counted, shown
from specc.syntax import tree
from specc.text import Span

Number = int | float
Known = Mapping[str, Number | str | None]
"""What names stand for: a number, a function, or None where that was reported."""
LIMIT = 10**18
EXPONENT_LIMIT = 64

_FUNCTIONS: dict[str, Callable[..., Number]] = {
    "min": min,
    "max": max,
    "ceil": math.ceil,
    "floor": math.floor,
}
_LEAST = {"min": 2, "max": 2, "ceil": 1, "floor": 1}


def is_constant(expression: tree.Expression, names: Known) -> bool:
    """Whether an expression is arithmetic on numbers and the given names alone."""
    match expression:
        case tree.Number():
            return True
        case tree.Name(text=text, primed=primed):
            return not primed and text in names and not isinstance(names[text], str)
        case tree.Negative(operand=operand):
            return is_constant(operand, names)
        case tree.Power(base=base, exponent=exponent):
            return is_constant(base, names) and is_constant(exponent, names)
        case tree.Arithmetic(first=first, rest=rest):
            operands = (first, *(operand for _, operand in rest))
            return all(is_constant(operand, names) for operand in operands)
        case tree.Call(function=function, arguments=arguments, body=None):
            least = _LEAST.get(function.text)
            return (
                least is not None
                and len(arguments) >= least
                and all(is_constant(argument.value, names) for argument in arguments)
            )
        case _:
            return False


def evaluate(expression: tree.Expression, names: Known, sink: Sink) -> Number | None:
    """The number a constant expression is; None where that was reported as an error."""
    match expression:
        case tree.Number(value=value):
            return value
        case tree.Name(primed=False):
            return _name(expression, names, sink)
        case tree.Negative(operand=operand):
            number = evaluate(operand, names, sink)
            return None if number is None else -number
        case tree.Power():
            return _power(expression, names, sink)
        case tree.Arithmetic(first=first, rest=rest):
            return _arithmetic(first, rest, names, sink)
        case tree.Call(function=function, body=None) if function.text in _FUNCTIONS:
            return _call(expression, names, sink)
    help = "numbers, `const` names and arithmetic on them can stand here"
    if isinstance(expression, tree.Call) and expression.function.text == "range":
        help = "write the count alone, as in `for i in 3 { ... }`"
    sink.report(
        NOT_A_NUMBER,
        expression.span,
        f"expected a number, found `{shown(expression.span)}`",
        help=help,
    )
    return None


def _name(name: tree.Name, names: Known, sink: Sink) -> Number | None:
    known = names.get(name.text)
    if isinstance(known, str):
        message = f"expected a number, found the function `{name.text}`"
        sink.report(NOT_A_NUMBER, name.span, message)
        return None
    if name.text not in names:
        numbers = [text for text, value in names.items() if not isinstance(value, str)]
        sink.report(
            UNKNOWN_NAME,
            name.span,
            f"no number is called `{name.text}`",
            help=did_you_mean(name.text, numbers)
            or f"declare it first: `const {name.text} = ...`",
        )
    return known


def _arithmetic(
    first: tree.Expression,
    rest: tuple[tuple[str, tree.Expression], ...],
    names: Known,
    sink: Sink,
) -> Number | None:
    total = evaluate(first, names, sink)
    for operator, operand in rest:
        right = evaluate(operand, names, sink)
        if total is not None and right is not None:
            span = first.span.to(operand.span)
            total = _apply(operator, total, right, span, sink)
        else:
            total = None
    return total


def _apply(
    operator: str, left: Number, right: Number, span: Span, sink: Sink
) -> Number | None:
    if operator in ("/", "//", "%") and right == 0:
        sink.report(NOT_A_NUMBER, span, f"`{shown(span)}` divides by zero")
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
            message = f"`{operator}` multiplies weights and values, not numbers"
            sink.report(NOT_A_NUMBER, span, message, help="write `*`")
            return None
    return _limited(result, span, sink)


def _power(whole: tree.Power, names: Known, sink: Sink) -> Number | None:
    left = evaluate(whole.base, names, sink)
    right = evaluate(whole.exponent, names, sink)
    if left is None or right is None:
        return None
    if left == 0 and right < 0:
        sink.report(NOT_A_NUMBER, whole.span, f"`{shown(whole.span)}` divides by zero")
        return None
    if left < 0 and right % 1:
        message = f"`{shown(whole.span)}` is not a real number"
        sink.report(NOT_A_NUMBER, whole.span, message)
        return None
    if abs(right) > EXPONENT_LIMIT:
        message = f"an exponent is at most {EXPONENT_LIMIT} here, found {right}"
        sink.report(TOO_LARGE, whole.exponent.span, message)
        return None
    try:
        return _limited(left**right, whole.span, sink)
    except OverflowError:
        return _limited(math.inf, whole.span, sink)


def _call(call: tree.Call, names: Known, sink: Sink) -> Number | None:
    numbers = [evaluate(argument.value, names, sink) for argument in call.arguments]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        return None
    name = call.function.text
    least = _LEAST[name]
    named = any(argument.name is not None for argument in call.arguments)
    if named or len(known) < least or (least == 1 and len(known) > 1):
        wanted = "1 number" if least == 1 else "2 numbers or more"
        found = "a name for one" if named else counted(len(known), "number")
        message = f"`{name}` takes {wanted}, found {found}"
        sink.report(WRONG_ARITY, call.span, message)
        return None
    return _limited(_FUNCTIONS[name](*known), call.span, sink)


def _limited(result: Number, span: Span, sink: Sink) -> Number | None:
    if abs(result) < LIMIT:
        return result
    message = f"`{shown(span)}` has more than 18 digits"
    sink.report(TOO_LARGE, span, message)
    return None
