"""Where the inputs of a layer that refuses them come from."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import Label
from specc.diagnostics.codes import NO_TIME_AXIS
from specc.ir.graph import Node, Ref
from specc.ir.op import IllTyped
from specc.lower.wording import shown
from specc.ops.input import Input
from specc.ops.recurrent import Recurrent


def origins(
    nodes: Sequence[Node], inputs: Sequence[Ref], error: IllTyped
) -> tuple[tuple[Label, ...], str | None]:
    """Labels for the inputs' origins, and the help that goes with them.

    Where a time axis is missing, the label is at the layer that took it away.
    """
    if error.code is NO_TIME_AXIS and inputs:
        dropped = _time_dropped(nodes, inputs[0])
        if dropped is not None:
            label = Label(dropped.span, "the time axis ends here")
            return (label,), error.help or _keep_time(dropped)
    places = {
        nodes[ref.node].span: f"`{nodes[ref.node].types[ref.output]}` comes from here"
        for ref in inputs
    }
    help = error.help
    if error.code is NO_TIME_AXIS and inputs and help is None:
        first = nodes[inputs[0].node]
        if isinstance(first.op, Input):
            help = f"give the input a time axis, as in `{first.name}: float[T, 8]`"
    return tuple(Label(span, text) for span, text in places.items()), help


def _time_dropped(nodes: Sequence[Node], ref: Ref) -> Node | None:
    """The node that took the time axis away on the way to a value, if any."""
    while nodes[ref.node].inputs:
        node = nodes[ref.node]
        before = nodes[node.inputs[0].node].types[node.inputs[0].output]
        after = node.types[ref.output]
        timed = before.rank > 1 or any(a.size.fixed is None for a in before.axes)
        if timed and before.rank > after.rank and before.axes[0] not in after.axes[:1]:
            return node
        ref = node.inputs[0]
    return None


def _keep_time(node: Node) -> str:
    """How the time axis could be kept at a node that drops it."""
    if isinstance(node.op, Recurrent) and node.op.final:
        return (
            f"`final` in `{shown(node.span)}` keeps the last output only; "
            "leave it out to keep every step"
        )
    return (
        f"`{shown(node.span)}` removes the time axis; put it after the sequence layers"
    )
