"""What a model's head promises, held against what its body computes."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import OUTPUT_MISMATCH
from specc.ir.types import Axis, Type
from specc.lower.things import Value
from specc.syntax import tree


def check_outputs(
    declared: tree.Model,
    expected: Sequence[Type | None],
    results: Sequence[Value],
    sink: Sink,
) -> None:
    """Report every output whose computed type is not the declared one."""
    body = declared.body.statements[-1] if declared.body.statements else declared.body
    for output, wanted, result in zip(declared.outputs, expected, results, strict=True):
        if wanted is None or _agree(wanted, result.type):
            continue
        what = f"`{output.name.text}`" if output.name else "the output"
        sink.report(
            OUTPUT_MISMATCH,
            output.type.span,
            f"{what} is declared `{wanted}`, but the body gives `{result.type}`",
            others=(Label(body.span, f"gives `{result.type}`"),),
            help=_hint(wanted, result.type),
        )


def _agree(wanted: Type, found: Type) -> bool:
    """A bound, a padding id or a mask need not be said; what is said must hold."""
    return (
        wanted.dtype == found.dtype
        and _sizes(wanted.axes) == _sizes(found.axes)
        and wanted.bound in (None, found.bound)
        and wanted.pad in (None, found.pad)
        and wanted.ragged <= found.ragged
    )


def _hint(wanted: Type, found: Type) -> str:
    if found.rank and _is_time(found) and _sizes(wanted.axes) == _sizes(found.axes[1:]):
        return (
            "the time axis is still there: give the last recurrent layer `final`, "
            "or reduce with `mean`, `max` or `last`"
        )
    if wanted.rank > 1 and _sizes(wanted.axes[1:]) == _sizes(found.axes):
        return "the time axis is gone: leave out `final`, or the reduction over time"
    sizes = tuple(Axis(size=axis.size) for axis in found.axes)
    plain = Type(dtype=found.dtype, axes=sizes, bound=found.bound)
    return f"declare it as `{plain}`, or change the last layer"


def _is_time(found: Type) -> bool:
    return found.rank > 1 or found.axes[0].size.fixed is None or found.ragged


def _sizes(axes: Sequence[Axis]) -> list[str]:
    return [str(axis) for axis in axes]
