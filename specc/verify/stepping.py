"""The states that a model is given and hands out, by which it can be run in steps."""

from __future__ import annotations

from typing import TypeAlias

from specc.ir.graph import Model, Node, Ref
from specc.ir.size import Size
from specc.ops.input import Input
from specc.ops.positions import Positions
from specc.ops.recurrent import Recurrent

States: TypeAlias = dict[str, str]
"""The output that is the next value of an input."""


def carried_states(model: Model, axis: Size) -> States | None:
    """The states that are all a model remembers of an axis; None if they are not.

    Whatever remembers steps is then a recurrent layer that starts from inputs and
    whose final states are outputs.
    """
    outputs = dict(zip([o.ref for o in model.outputs], model.output_names, strict=True))
    states: States = {}
    for number, node in enumerate(model.nodes):
        if all(one.size != axis for type in node.types for one in type.axes):
            continue
        if isinstance(node.op, Recurrent):
            found = _pairs(model, number, node, outputs)
            if found is None:
                return None
            states |= found
        elif isinstance(node.op, Positions) or _remembers(node):
            return None
    return states or None


def _remembers(node: Node) -> bool:
    """Whether a layer sees more than a step."""
    places = range(len(node.inputs))
    return any(node.op.sees(p, 0) not in ("number", "step") for p in places)


def _pairs(
    model: Model, number: int, node: Node, outputs: dict[Ref, str]
) -> States | None:
    op = node.op
    assert isinstance(op, Recurrent)
    count = len(op.cell.states)
    given = node.inputs[1 + len(op.cell.outside) :]
    if op.direction != "forward" or op.final or not op.states or not given:
        return None
    found: States = {}
    for place, ref in enumerate(given):
        start, end = model.nodes[ref.node], Ref(number, len(node.types) - count + place)
        if not isinstance(start.op, Input) or end not in outputs:
            return None
        if sum(node.inputs.count(ref) for node in model.nodes) > 1:
            return None  # what it is the first value of is not all that reads it
        found[start.name] = outputs[end]
    return found
