"""What a model's head promises, held against what its body computes."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import OUTPUT_MISMATCH
from specc.ir.types import Type
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
            label=f"declared `{wanted}`",
            others=(Label(body.span, f"gives `{result.type}`"),),
            help=_hint(wanted, result.type),
        )


def _agree(wanted: Type, found: Type) -> bool:
    sizes = [axis.size for axis in wanted.axes] == [axis.size for axis in found.axes]
    bound = wanted.bound is None or wanted.bound == found.bound
    return wanted.dtype == found.dtype and sizes and bound


def _hint(wanted: Type, found: Type) -> str:
    if found.rank == wanted.rank + 1:
        return (
            "the time axis is still there: give the last recurrent layer `final`, "
            "or reduce with `mean`, `max` or `last`"
        )
    if found.rank + 1 == wanted.rank and found.rank > 0:
        return "the time axis is gone: leave out `final`, or the reduction over time"
    return f"declare it as `{found}`, or change the last layer"
