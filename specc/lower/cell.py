"""A cell at the sizes of one use, as a graph of the IR; and checked for every use."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import TOO_LARGE
from specc.ir.graph import Cell
from specc.ir.op import IllTyped
from specc.ir.types import Type
from specc.lower.cell_body import Arguments, CellBody
from specc.lower.cell_dropout import drop_states
from specc.lower.cell_graph import Misfit, make_graph
from specc.lower.cell_outside import OutsideTypes
from specc.lower.cell_parameters import Definition
from specc.lower.cell_weights import check_options
from specc.lower.recurrent_options import RecurrentOptions, Starts
from specc.lower.wording import counted
from specc.text import Span


def check_cell(definition: Definition, sink: Sink) -> bool:
    """Report what is wrong with a cell at whatever sizes it is used."""
    found = Sink()
    arguments = {
        parameter.name: 1 if parameter.default is None else parameter.default
        for parameter in definition.parameters
    }
    unknown = (p.name for p in definition.parameters if p.option.numeric)
    body = CellBody(definition, arguments, frozenset(unknown), found)
    try:
        body.lower(None, None, definition.cell.name.span)
    except RecursionError:
        message = "calls, blocks and steps stand too deep in each other"
        found.report(TOO_LARGE, definition.cell.name.span, message)
    for diagnostic in found.diagnostics:
        sink.add(diagnostic)
    return not found.failed


def lower_cell(
    definition: Definition,
    arguments: Arguments,
    options: RecurrentOptions,
    starts: Starts,
    inputs: Sequence[Type],
    outside: OutsideTypes,
    span: Span,
    sink: Sink,
) -> Cell | None:
    """The cell for inputs of these types at a step; None where something was reported.

    The cell was checked before. `span` is the use, which goes with what is wrong.
    """
    found = Sink()
    part = CellBody(definition, arguments, frozenset(), found).lower(
        inputs, outside, span
    )
    use = Label(span, f"used here on {_wording(inputs)}")
    if part is not None:
        try:
            check_options(part, options)
            cell = make_graph(part, options, dict(starts))
            return drop_states(cell) if options.recurrent_dropout else cell
        except IllTyped as error:
            sink.report(error.code, span, error.message, help=error.help)
            return None
        except Misfit as misfit:
            inner = misfit.error
            found.report(inner.code, misfit.span, inner.message, help=inner.help)
    for diagnostic in found.diagnostics:
        sink.add(replace(diagnostic, labels=(*diagnostic.labels, use)))
    return None


def _wording(inputs: Sequence[Type]) -> str:
    """`3 features`, `float[8, 8, 3]`."""
    if len(inputs) == 1 and inputs[0].rank == 1:
        return counted(inputs[0].last.at({}), "feature")
    return " and ".join(f"`{type}`" for type in inputs)
