"""What `feedback` can hold: layers that need no more than a step and their states."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from specc.diagnostics import Code, Sink
from specc.diagnostics.codes import (
    NOT_YET,
    UNUSED_NAME,
    WRONG_OPTION,
    WRONG_PLACE,
)
from specc.ir.graph import Node, Ref
from specc.ir.op import IllTyped
from specc.lower.feedback_cell import at_a_step, inside
from specc.lower.wording import shown
from specc.ops.number import Number
from specc.ops.recurrent import Recurrent
from specc.text import Span

RANDOM = frozenset(("dropout", "spatial_dropout", "noise", "batchnorm"))
"""Layers that draw at random or keep statistics: not at the steps of a cell."""
NEXT = "the output of a step is the next step's input"


class _Refused(Exception):
    def __init__(self, code: Code, span: Span, message: str, help: str | None) -> None:
        self.code, self.span, self.message, self.help = code, span, message, help
        super().__init__(message)


def can_feed_back(
    nodes: Sequence[Node], first: int, given: Ref, path: str, sink: Sink
) -> bool:
    """Whether the nodes from `first` on can run step by step; else it is reported."""
    try:
        numbers = list(inside(nodes, first))
        for number in numbers[1:]:
            _check(nodes, number, set(numbers), path)
        _check_penalties([nodes[number] for number in numbers])
        _check_reached(nodes, numbers, given)
    except _Refused as refused:
        sink.report(refused.code, refused.span, refused.message, help=refused.help)
        return False
    return True


def _check(nodes: Sequence[Node], number: int, numbers: set[int], path: str) -> None:
    node = nodes[number]
    _check_sight(nodes, node)
    name = shown(node.span)
    for place, ref in enumerate(node.inputs):
        from_outside = place > 0 and isinstance(node.op, Recurrent)
        if from_outside and ref.node in numbers:
            message = f"`{name}` would see steps that are still to be made: {NEXT}"
            raise _Refused(WRONG_PLACE, node.span, message, None)
        known = ref.node in numbers or isinstance(nodes[ref.node].op, Number)
        if from_outside and not known and ref.node > min(numbers):
            message = f"a value that `{name}` sees is computed inside `feedback`"
            help = "it is the same at every step: name it before, `h = ...`"
            raise _Refused(WRONG_PLACE, node.span, message, help)
        if not from_outside and not known:
            message = f"`{name}` takes a value from outside of `feedback`"
            help = "a cell can see values from outside at every step"
            raise _Refused(NOT_YET, node.span, message, help)
    if node.weights and not node.name.startswith(f"{path}."):
        message = f"`{name}` is bound outside; in `feedback` layers have their own"
        help = "write the layer in place"
        raise _Refused(NOT_YET, node.span, message, help)
    if node.owner is not None:
        message = f"`{name}` stands in `feedback` twice with one set of weights"
        help = "a cell of your own can use its weights twice"
        raise _Refused(NOT_YET, node.span, message, help)
    if any(not weight.trainable for weight in node.weights):
        message = f"`{name}` cannot be frozen inside `feedback`"
        raise _Refused(WRONG_OPTION, node.span, message, "leave `frozen` out")
    if any(type.rank != 2 for type in node.types):
        found = next(type for type in node.types if type.rank != 2)
        message = f"a value inside `feedback` is a vector at each step, found `{found}`"
        raise _Refused(NOT_YET, node.span, message, None)


def _is_stepwise(nodes: Sequence[Node], node: Node) -> bool:
    """Whether a layer does the same to one step as to each of several."""
    if any(
        node.op.sees(p, 0) not in ("number", "step") for p in range(len(node.inputs))
    ):
        return False
    given = [nodes[ref.node].types[ref.output] for ref in node.inputs]
    if any(type.rank > 2 for type in given):
        return False
    try:
        found = node.op.result(*(at_a_step(type) for type in given))
    except IllTyped:  # it counts steps
        return False
    return found == at_a_step(node.type)


def _check_sight(nodes: Sequence[Node], node: Node) -> None:
    """Refuse what sees more of the steps than a loop over them has."""
    op, name = node.op, shown(node.span)
    if op.name() in RANDOM:
        message = f"`{name}` inside `feedback` has no meaning yet"
        help = "apply it to what `feedback` gives"
        raise _Refused(NOT_YET, node.span, message, help)
    if not isinstance(op, Recurrent):
        if _is_stepwise(nodes, node):
            return
        message = f"`{name}` looks along time, but {NEXT}: it has this step alone"
        help = "recurrent layers remember earlier steps: `gru(64)`, `lstm(64)`"
        raise _Refused(WRONG_PLACE, node.span, message, help)
    if op.direction != "forward":
        message = f"`{name}` needs the last step first, but {NEXT}"
        help = f"use `{op.cell.name}` forward"
        raise _Refused(WRONG_PLACE, node.span, message, help)
    if op.final or op.states:
        word = "final" if op.final else "states"
        message = f"`{word}` means nothing inside `feedback`: {NEXT}"
        raise _Refused(WRONG_OPTION, node.span, message, f"leave `{word}` out")


def _check_penalties(nodes: Sequence[Node]) -> None:
    """The weights of equations in one cell have one penalty."""
    found = [
        (node, {(w.l1, w.l2) for w in node.op.cell.weights if w.l1 or w.l2})
        for node in nodes
        if isinstance(node.op, Recurrent)
    ]
    penalised = [(node, penalties) for node, penalties in found if penalties]
    for (_, before), (node, penalties) in pairwise(penalised):
        if before != penalties:
            message = "recurrent layers in one `feedback` have one penalty"
            help = "give them the same `l1` and `l2`, or none"
            raise _Refused(WRONG_OPTION, node.span, message, help)


def _check_reached(nodes: Sequence[Node], numbers: Sequence[int], given: Ref) -> None:
    """Refuse a layer that nothing comes of."""
    reached = {given.node}
    for number in reversed(numbers):
        if number in reached:
            reached |= {ref.node for ref in nodes[number].inputs}
    for number in numbers:
        if nodes[number].weights and number not in reached:
            span = nodes[number].span
            message = f"what `{shown(span)}` gives does not reach the next step"
            raise _Refused(UNUSED_NAME, span, message, "use it or leave it out")
