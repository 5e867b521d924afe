"""A model with other outputs, and with only the nodes that those need."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from specc.ir.graph import Model, Node, Output, Ref
from specc.ops.input import Input


def prune(model: Model, outputs: Sequence[Output]) -> Model:
    """The model with these outputs: a program holds the weights of no other nodes.

    All inputs stay, and so do the masks of inputs and outputs.
    """
    kept = _needed(model, outputs)
    moved = {old: new for new, old in enumerate(kept)}

    def move(ref: Ref) -> Ref:
        return Ref(moved[ref.node], ref.output)

    def renumber(node: Node) -> Node:
        owner = None
        if node.owner is not None:
            same = (old for old in kept if model.nodes[old].name == node.name)
            owner = moved[next(same)]
        return replace(
            node,
            inputs=tuple(move(ref) for ref in node.inputs),
            masks=tuple(None if m is None else move(m) for m in node.masks),
            owner=owner,
        )

    return replace(
        model,
        nodes=tuple(renumber(model.nodes[old]) for old in kept),
        inputs=tuple(move(ref) for ref in model.inputs),
        outputs=tuple(Output(name=o.name, ref=move(o.ref)) for o in outputs),
        mask_of=tuple(
            (move(value), move(mask))
            for value, mask in model.mask_of
            if value.node in moved and mask.node in moved
        ),
    )


def _needed(model: Model, outputs: Sequence[Output]) -> list[int]:
    """Numbers of all inputs and of what the outputs and their masks depend on."""
    needed = {n for n, node in enumerate(model.nodes) if isinstance(node.op, Input)}
    needed |= {output.ref.node for output in outputs}
    needed |= {mask.node for value, mask in model.mask_of if value.node in needed}
    for number in range(len(model.nodes) - 1, -1, -1):
        if number in needed:
            node = model.nodes[number]
            refs = (*node.inputs, *node.masks)
            needed |= {ref.node for ref in refs if ref is not None}
    return sorted(needed)
