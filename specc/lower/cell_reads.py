"""What a cell's head says it reads at a step: `on (x: float[H, W, d])`."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from specc.diagnostics import Sink
from specc.diagnostics.codes import WRONG_DTYPE
from specc.lower.types import lower_dtype
from specc.syntax import tree
from specc.text import Span


class CellInput(Struct, frozen=True):
    """What a cell reads at a step; `axes` are None where it is any vector.

    Without axes it is a number, which flows in as one feature.
    """

    name: str
    axes: tuple[tree.Expression, ...] | None
    span: Span

    @property
    def rank(self) -> int:
        return 1 if not self.axes else len(self.axes)

    @property
    def is_number(self) -> bool:
        return self.axes == ()


def read_inputs(
    cell: tree.Cell, is_new: Callable[[tree.Name], bool], sink: Sink
) -> tuple[CellInput, ...] | None:
    """What flows in: as `on` says, else a vector `x`; None where it was refused."""
    if not cell.inputs:
        return (CellInput("x", None, cell.name.span),)
    found = []
    for given in cell.inputs:
        name, span = given.name.text, given.name.span
        fits = given.type is None or _is_step(given, given.type, cell, sink)
        if not is_new(given.name) or not fits:
            continue
        axes = None if given.type is None else given.type.axes
        found.append(CellInput(name, axes, span))
    return tuple(found) if len(found) == len(cell.inputs) else None


def _is_step(
    given: tree.Input, kind: tree.TypeText, cell: tree.Cell, sink: Sink
) -> bool:
    """Whether a type is one of what a cell can read at a step."""
    dtype = lower_dtype(kind.dtype, sink)
    if dtype is None:
        return False
    message = ""
    if dtype != "float" or kind.bound or kind.pad or kind.ragged:
        message = f"a cell reads floats, not `{kind.span.text}`"
    elif len(cell.inputs) > 1 and len(kind.axes) > 1:
        message = f"several inputs are vectors, `{given.name.text}` has more axes"
    if message:
        help = "a type without the time axis, as in `on (x: float[d])`"
        sink.report(WRONG_DTYPE, kind.span, message, help=help)
    return not message
