"""Types as written in a head: `int[T] < 8185 pad 0`."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import (
    BAD_PADDING_ID,
    BAD_SIZE,
    RAGGED_WITHOUT_AXIS,
    UNKNOWN_DTYPE,
    WRONG_DTYPE,
)
from specc.ir.op import UNIT_LIMIT
from specc.ir.types import Axis, Dtype, Type
from specc.lower.constants import Known, evaluate
from specc.lower.sizes import input_size, output_size
from specc.lower.wording import number_text
from specc.syntax import tree

_DTYPES: dict[str, Dtype] = {"int": "int", "float": "float", "bool": "bool"}


def lower_type(
    written: tree.TypeText,
    constants: Known,
    sink: Sink,
    lengths: AbstractSet[str] | None = None,
) -> Type | None:
    """The type a text stands for; None where something was reported.

    `lengths`: the names an axis may have; None where a name introduces a length.
    """
    dtype = lower_dtype(written.dtype, sink)
    if dtype is None:
        return None
    sizes = [
        input_size(axis, constants, sink)
        if lengths is None
        else output_size(axis, constants, lengths, sink)
        for axis in written.axes
    ]
    legal = _clauses_fit(written, dtype, sink)
    bound = _bound(written, constants, sink)
    pad = _pad(written, bound, constants, sink)
    known = [size for size in sizes if size is not None]
    lost = (written.bound and bound is None) or (written.pad and pad is None)
    if not legal or lost or len(known) < len(sizes):
        return None
    # Padding ids tell of every axis, a mask from outside of the first one.
    axes = tuple(
        Axis(size=size, ragged=pad is not None or (written.ragged and place == 0))
        for place, size in enumerate(known)
    )
    return Type(dtype=dtype, axes=axes, bound=bound, pad=pad)


def lower_dtype(written: tree.Name, sink: Sink) -> Dtype | None:
    """`int`, `float` or `bool`; None where anything else was reported."""
    dtype = _DTYPES.get(written.text)
    if dtype is None:
        sink.report(
            UNKNOWN_DTYPE,
            written.span,
            f"there is no type `{written.text}`",
            label="expected `int`, `float` or `bool`",
            help=did_you_mean(written.text, _DTYPES) or "as in `float[T, 8]`",
        )
    return dtype


def _bound(written: tree.TypeText, constants: Known, sink: Sink) -> int | None:
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
        f"a bound is a whole number between 1 and {UNIT_LIMIT:,}, "
        f"found {number_text(number)}",
    )
    return None


def _pad(
    written: tree.TypeText, bound: int | None, constants: Known, sink: Sink
) -> int | None:
    if written.pad is None:
        return None
    number = evaluate(written.pad, constants, sink)
    if number is None or (bound is None and written.bound is not None):
        return None
    top = UNIT_LIMIT if bound is None else bound
    if isinstance(number, int) and 0 <= number < top:
        return number
    sink.report(
        BAD_PADDING_ID,
        written.pad.span,
        f"the padding id is one of the ids 0 to {top - 1:,}, "
        f"found {number_text(number)}",
        help=f"count it among the ids: `< {number + 1} pad {number}`"
        if number == top and bound is not None
        else "give one of them, as in `pad 0`",
    )
    return None


def _clauses_fit(written: tree.TypeText, dtype: Dtype, sink: Sink) -> bool:
    """Whether the type can have the bound, padding id or mask that stand there."""
    padded = written.ragged or written.pad is not None
    if dtype != "int" and (written.bound is not None or written.pad is not None):
        sink.report(
            WRONG_DTYPE,
            written.span,
            f"only `int` has a bound or a padding id, not `{dtype}`",
            help="for vectors whose padding the caller marks, write `ragged`",
        )
    elif written.ragged and written.pad is not None:
        sink.report(
            RAGGED_WITHOUT_AXIS,
            written.span,
            "`pad` already says which steps count",
            help="leave `ragged` out",
        )
    elif padded and not written.axes:
        sink.report(
            RAGGED_WITHOUT_AXIS,
            written.span,
            "only a value with an axis can have padding",
            help="write the axis, as in `int[T] < 8185 pad 0`",
        )
    else:
        return True
    return False
