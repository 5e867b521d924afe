"""Types as written in a head: `int[T] < 8185 pad 0`."""

from __future__ import annotations

from collections.abc import Mapping

from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import (
    BAD_PADDING_ID,
    BAD_SIZE,
    NOT_YET,
    RAGGED_WITHOUT_AXIS,
    UNKNOWN_DTYPE,
    UNKNOWN_NAME,
    WRONG_DTYPE,
)
from specc.ir.op import UNIT_LIMIT
from specc.ir.size import Size
from specc.ir.types import Axis, Dtype, Type
from specc.lower.constants import evaluate, is_constant
from specc.syntax import tree

_DTYPES: dict[str, Dtype] = {"int": "int", "float": "float", "bool": "bool"}


def lower_type(
    written: tree.TypeText,
    constants: Mapping[str, object],
    sink: Sink,
    lengths: frozenset[str] | None = None,
) -> Type | None:
    """The type a text stands for; None where something was reported.

    `lengths`: the names an axis may have; None where a name introduces a length.
    """
    dtype = _DTYPES.get(written.dtype.text)
    if dtype is None:
        sink.report(
            UNKNOWN_DTYPE,
            written.dtype.span,
            f"there is no type `{written.dtype.text}`",
            label="expected `int`, `float` or `bool`",
            help=did_you_mean(written.dtype.text, _DTYPES),
        )
        return None
    sizes = [lower_size(axis, constants, sink, lengths) for axis in written.axes]
    known = [size for size in sizes if size is not None]
    bound = _bound(written, constants, sink)
    pad = _pad(written, bound, constants, sink)
    if len(known) < len(sizes) or not _is_legal(written, dtype, sink):
        return None
    ragged = written.ragged or pad is not None
    axes = tuple(
        Axis(size=size, ragged=ragged and place == 0)
        for place, size in enumerate(known)
    )
    return Type(dtype=dtype, axes=axes, bound=bound, pad=pad)


def lower_size(
    written: tree.Expression,
    constants: Mapping[str, object],
    sink: Sink,
    lengths: frozenset[str] | None,
) -> Size | None:
    """An axis: a number of at least one, a name, or arithmetic on names."""
    if is_constant(written, constants):
        return _fixed(written, constants, sink)
    if isinstance(written, tree.Name) and (lengths is None or written.text in lengths):
        return Size.named(written.text)
    if lengths is None:
        sink.report(
            BAD_SIZE,
            written.span,
            "an input's axis is a number, a constant or a name",
            help="name the axis, as in `int[T]`",
        )
        return None
    return _derived(written, constants, sink, lengths)


def _fixed(
    written: tree.Expression, constants: Mapping[str, object], sink: Sink
) -> Size | None:
    number = evaluate(written, constants, sink)
    if number is None:
        return None
    if isinstance(number, int) and 1 <= number <= UNIT_LIMIT:
        return Size(number)
    sink.report(
        BAD_SIZE,
        written.span,
        f"an axis has a whole size between 1 and {UNIT_LIMIT:,}, found {number}",
    )
    return None


def _derived(
    written: tree.Expression,
    constants: Mapping[str, object],
    sink: Sink,
    lengths: frozenset[str],
) -> Size | None:
    """Arithmetic on lengths: `T + 1`, `ceil(T / 2)`, `(T - 3) // 2 + 1`."""
    if is_constant(written, constants):
        number = evaluate(written, constants, sink)
        return Size(number) if isinstance(number, int) else None
    match written:
        case tree.Name(text=text) if text in lengths:
            return Size.named(text)
        case tree.Name(text=text):
            sink.report(
                UNKNOWN_NAME,
                written.span,
                f"no length is called `{text}`",
                help=did_you_mean(text, lengths)
                or "the lengths of the inputs can be used here",
            )
            return None
        case tree.Arithmetic(first=first, rest=rest):
            return _sum_of_lengths(first, rest, constants, sink, lengths)
        case tree.Call(
            function=tree.Name(text="ceil"),
            arguments=(tree.Argument(value=tree.Arithmetic(first=first, rest=rest)),),
        ) if len(rest) == 1 and rest[0][0] == "/":
            top = _derived(first, constants, sink, lengths)
            divisor = evaluate(rest[0][1], constants, sink)
            if top is not None and isinstance(divisor, int) and divisor > 0:
                return top.ceil(divisor)
    sink.report(BAD_SIZE, written.span, "this is not a length specc can compare")
    return None


def _sum_of_lengths(
    first: tree.Expression,
    rest: tuple[tuple[str, tree.Expression], ...],
    constants: Mapping[str, object],
    sink: Sink,
    lengths: frozenset[str],
) -> Size | None:
    total = _derived(first, constants, sink, lengths)
    for operator, operand in rest:
        right = _derived(operand, constants, sink, lengths)
        if total is None or right is None:
            return None
        factor = right.fixed
        if operator == "+":
            total = total + right
        elif operator == "-":
            total = total - right
        elif operator == "*" and factor is not None:
            total = total * factor
        elif operator == "*" and total.fixed is not None:
            total = right * total.fixed
        elif operator == "//" and factor is not None and factor > 0:
            total = total // factor
        else:
            message = f"`{operator}` does not give a length here"
            sink.report(BAD_SIZE, operand.span, message)
            return None
    return total


def _bound(
    written: tree.TypeText, constants: Mapping[str, object], sink: Sink
) -> int | None:
    if written.bound is None:
        return None
    number = evaluate(written.bound, constants, sink)
    if number is None:
        return None
    if isinstance(number, int) and 1 <= number <= UNIT_LIMIT:
        return number
    sink.report(
        BAD_SIZE,
        written.bound.span,
        f"a bound is a whole number between 1 and {UNIT_LIMIT:,}, found {number}",
    )
    return None


def _pad(
    written: tree.TypeText,
    bound: int | None,
    constants: Mapping[str, object],
    sink: Sink,
) -> int | None:
    if written.pad is None:
        return None
    number = evaluate(written.pad, constants, sink)
    if number is None:
        return None
    top = bound if bound is not None else UNIT_LIMIT
    if isinstance(number, int) and 0 <= number < top:
        return number
    sink.report(
        BAD_PADDING_ID,
        written.pad.span,
        f"the padding id is one of the ids 0 to {top - 1}, found {number}",
    )
    return None


def _is_legal(written: tree.TypeText, dtype: Dtype, sink: Sink) -> bool:
    if dtype != "int" and (written.bound is not None or written.pad is not None):
        sink.report(
            WRONG_DTYPE,
            written.span,
            f"only `int` has a bound or a padding id, not `{dtype}`",
            help="for vectors whose padding the caller marks, write `ragged`",
        )
        return False
    if written.ragged and written.pad is not None:
        sink.report(
            RAGGED_WITHOUT_AXIS,
            written.span,
            "`pad` already says which steps count; leave `ragged` out",
        )
        return False
    ragged = written.ragged or written.pad is not None
    if ragged and not written.axes:
        sink.report(
            RAGGED_WITHOUT_AXIS,
            written.span,
            "only a value with an axis can have padding",
            help="write the axis, as in `int[T] < 8185 pad 0`",
        )
        return False
    if written.pad is not None and len(written.axes) > 1:
        sink.report(NOT_YET, written.span, "nested ragged axes have no meaning yet")
        return False
    return True
