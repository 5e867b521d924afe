"""What rows are inside `over`: the steps of the axes around them."""

from __future__ import annotations

from specc.ir.graph import Model
from specc.ir.types import Axis
from specc.ops.fold import Fold
from specc.ops.unfold import Unfold


def outer_axes(model: Model) -> list[tuple[Axis, ...]]:
    """For every node, the axes that `over` has taken from its values, in order."""
    found: list[tuple[Axis, ...]] = []
    for node in model.nodes:
        axes = max((found[ref.node] for ref in node.inputs), key=len, default=())
        if isinstance(node.op, Fold):
            axes = (*axes, model.type_of(node.inputs[0]).axes[0])
        elif isinstance(node.op, Unfold):
            axes = found[node.inputs[0].node][:-1]
        found.append(axes)
    return found
