"""Sizes as written in a type: `120`, `V`, `T`, `ceil(T / 2)`."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import BAD_SIZE, UNKNOWN_NAME
from specc.ir.op import UNIT_LIMIT
from specc.ir.size import Size
from specc.lower.constants import Known, evaluate, is_constant
from specc.lower.wording import number_text, shown
from specc.syntax import tree
from specc.text import Span


def input_size(written: tree.Expression, constants: Known, sink: Sink) -> Size | None:
    """An axis of an input: a number of at least one, or a name for a length."""
    if is_constant(written, constants):
        return _fixed(written, constants, sink)
    if isinstance(written, tree.Name) and not written.primed:
        return Size.named(written.text)
    sink.report(
        BAD_SIZE,
        written.span,
        "an input's axis is a number, a constant or a name, "
        f"found `{shown(written.span)}`",
        help="name the axis, as in `int[T]`",
    )
    return None


def output_size(
    written: tree.Expression, constants: Known, lengths: AbstractSet[str], sink: Sink
) -> Size | None:
    """An axis of an output: a number of at least one, or arithmetic on lengths."""
    if is_constant(written, constants):
        return _fixed(written, constants, sink)
    return _length(written, constants, lengths, sink)


def _fixed(written: tree.Expression, constants: Known, sink: Sink) -> Size | None:
    number = evaluate(written, constants, sink)
    if number is None:
        return None
    if isinstance(number, int) and 1 <= number <= UNIT_LIMIT:
        return Size(number)
    sink.report(
        BAD_SIZE,
        written.span,
        f"the size of an axis is a whole number between 1 and {UNIT_LIMIT:,}, "
        f"found {number_text(number)}",
    )
    return None


def _length(
    written: tree.Expression, constants: Known, lengths: AbstractSet[str], sink: Sink
) -> Size | None:
    """Arithmetic on lengths: `T + 1`, `ceil(T / 2)`, `(T - 3) // 2 + 1`."""
    if is_constant(written, constants):
        number = evaluate(written, constants, sink)
        if number is None or isinstance(number, int):
            return None if number is None else Size(number)
        _refuse(written.span, sink)
        return None
    match written:
        case tree.Name(text=text, primed=False) if text in lengths:
            return Size.named(text)
        case tree.Name(text=text, primed=False):
            known = {*lengths, *(n for n, v in constants.items() if v is not None)}
            sink.report(
                UNKNOWN_NAME,
                written.span,
                f"no length is called `{text}`",
                help=did_you_mean(text, known)
                or "the lengths of the inputs can be used here",
            )
            return None
        case tree.Arithmetic(first=first, rest=rest):
            return _sum(written, first, rest, constants, lengths, sink)
        case tree.Call(
            function=tree.Name(text="ceil"),
            arguments=(
                tree.Argument(
                    name=None,
                    value=tree.Arithmetic(first=first, rest=(("/", by),)),
                ),
            ),
            body=None,
        ):
            top = _length(first, constants, lengths, sink)
            divisor = _divisor(by, constants)
            if divisor is not None:
                return None if top is None else top.ceil(divisor)
    _refuse(written.span, sink)
    return None


def _sum(
    written: tree.Expression,
    first: tree.Expression,
    rest: tuple[tuple[str, tree.Expression], ...],
    constants: Known,
    lengths: AbstractSet[str],
    sink: Sink,
) -> Size | None:
    total = _length(first, constants, lengths, sink)
    for operator, operand in rest:
        right = _length(operand, constants, lengths, sink)
        if total is None or right is None:
            return None
        total = _combined(operator, total, right)
        if total is None:
            _refuse(written.span, sink)
            return None
    return total


def _combined(operator: str, left: Size, right: Size) -> Size | None:
    """The size that two make, or None where it is no length."""
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*" and right.fixed is not None:
        return left * right.fixed
    if operator == "*" and left.fixed is not None:
        return right * left.fixed
    if operator == "//" and right.fixed is not None and right.fixed > 0:
        return left // right.fixed
    return None


def _divisor(written: tree.Expression, constants: Known) -> int | None:
    if not is_constant(written, constants):
        return None
    number = evaluate(written, constants, Sink())
    return number if isinstance(number, int) and number > 0 else None


def _refuse(span: Span, sink: Sink) -> None:
    sink.report(
        BAD_SIZE,
        span,
        f"`{shown(span)}` is not a length that can be compared",
        help="a length is a sum of names and numbers, times or `//` a number, "
        "or `ceil(length / number)`",
    )
