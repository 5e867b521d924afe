"""What layers ask of the same length, held against each other."""

from __future__ import annotations

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import TOO_SHORT
from specc.ir.graph import Model, Node
from specc.ir.lengths import fitting_lengths
from specc.ops.positions import Positions


def check_lengths(model: Model, sink: Sink) -> None:
    """Report tables of positions that are too short for what windows need."""
    tables = [
        node
        for node in model.nodes
        if isinstance(node.op, Positions)
        and node.op.length is not None
        and node.type.axes[0].size.fixed is None
    ]
    if not tables:
        return
    least = fitting_lengths(model, 1)
    for node in tables:
        assert isinstance(node.op, Positions) and node.op.length is not None
        needed = node.type.axes[0].size.at(least)
        if needed <= node.op.length:
            continue
        sink.report(
            TOO_SHORT,
            node.span,
            f"the table has {node.op.length:,} positions, but the model needs at least "
            f"{needed:,} steps of `{node.type.axes[0]}`",
            others=_needing(model, node, node.op.length),
            help="use a longer table, or smaller windows",
        )


def _needing(model: Model, table: Node, length: int) -> tuple[Label, ...]:
    """Where the first window stands that has no room in as many steps."""
    size = table.type.axes[0].size
    at = {name: length for name in size.names}
    for node in model.nodes:
        for axis in node.type.axes:
            if axis.size.names <= size.names and axis.size.at(at) < 1:
                return (Label(node.span, "this finds no room then"),)
    return ()
