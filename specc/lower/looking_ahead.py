"""Holds layers that read a whole sequence off one whose later steps are hidden.

`shift` makes a step stand for what comes before it, so that a model can predict it. A
layer that reads later steps would find the answer in them.
"""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import LOOKS_AHEAD
from specc.ir.graph import Node, Ref
from specc.ops.attend import Attend
from specc.ops.cross_attend import CrossAttend
from specc.ops.recurrent import Recurrent
from specc.ops.self_attend import SelfAttend
from specc.ops.shift import Shift


def check_looking_ahead(nodes: Sequence[Node], sink: Sink) -> None:
    """Report every layer that reads later steps of what came to it shifted only."""
    shifts: dict[int, Node] = {}
    for number, node in enumerate(nodes):
        if isinstance(node.op, Shift):
            shifts[number] = node
            continue
        ways = [shifts.get(ref.node) for ref in _along(nodes, node)]
        shift = ways[0] if ways else None
        if shift is None or None in ways:
            continue  # the sequence itself comes in beside what is shifted
        remedy = _remedy(node, nodes)
        if remedy is None:
            shifts[number] = shift
            continue
        sink.report(
            LOOKS_AHEAD,
            node.span,
            "this layer reads the later steps, which `shift` hides",
            label="reads the whole sequence",
            others=(Label(shift.span, "from here on, a step is to be predicted"),),
            help=remedy,
        )


def _along(nodes: Sequence[Node], node: Node) -> list[Ref]:
    """The inputs of a node whose steps are those of its result."""
    axes = node.type.axes
    if not axes or (node.type.dtype == "float" and len(axes) == 1):
        return []  # a vector has no steps, whatever its size
    types = [(ref, nodes[ref.node].types[ref.output]) for ref in node.inputs]
    return [ref for ref, t in types if t.axes and t.axes[0].size == axes[0].size]


def _remedy(node: Node, nodes: Sequence[Node]) -> str | None:
    """How to keep a layer from reading later steps; None where it reads none."""
    match node.op:
        case Recurrent(direction="both", final=False):
            return "leave `bi` out: whoever predicts a step reads in one direction"
        case Recurrent(direction="backward", final=False):
            return "leave `reverse` out: whoever predicts a step comes from the start"
        case SelfAttend(causal=False):
            return "say `causal`"
        case Attend(causal=False) if len(_along(nodes, node)) == 2:
            return "say `causal`"
        case CrossAttend() if len(_along(nodes, node)) == 2:
            return "use `self_attend` with `causal`"
    return None
