"""What the backward loop leaves for the gradients that are computed after it."""

from __future__ import annotations

from collections.abc import Sequence

from specc.ir.graph import Node
from specc.ir.types import Frozen
from specc.ops.arithmetic import Arithmetic
from specc.ops.concat import Concat
from specc.ops.input import Input
from specc.ops.number import Number
from specc.ops.state import State
from specc.passes.recurrence.differentiate import Derivative
from specc.passes.recurrence.ops import Contraction, Summed
from specc.passes.recurrence.reach import needed, reached
from specc.passes.recurrence.stages import Stages


class Taps(Frozen):
    """Values of the backward loop that are read after it; all by number.

    `parts`: those of them that are a part of another: the other, and from where to
    where. `kept`: values of the forward loop that the backward pass takes instead of
    computing them again.
    """

    values: tuple[int, ...]
    parts: tuple[tuple[int, tuple[int, int, int]], ...]
    kept: tuple[int, ...]


def find_taps(stages: Stages, derivative: Derivative, keep: bool) -> Taps:
    """What the backward loop leaves; `keep` residuals, or have them computed again."""
    nodes = derivative.graph.nodes
    leaves = {
        *stages.before,
        *stages.inputs,
        *stages.fixed,
        *derivative.given,
    }
    later = (*derivative.inputs, *(n for n in derivative.fixed if n is not None))
    inside = (*derivative.states, *derivative.added)
    kept = _residuals(stages, derivative, (*inside, *later)) if keep else ()
    leaves.update(kept)
    batched = reached(nodes, [isinstance(node.op, Input | State) for node in nodes])
    loop = {
        number
        for number in needed(nodes, (*inside, *_made(derivative, later)), leaves)
        - leaves
        if batched[number]
    } | set(derivative.given)
    joined = _parts(derivative, loop)
    values: dict[int, None] = {}
    parts: dict[int, tuple[int, int, int]] = {}
    own = leaves - set(derivative.given)
    for number in sorted(needed(nodes, later, own | loop)):
        if number not in loop:
            continue
        if number in joined and not isinstance(nodes[number].op, Concat):
            parts[number] = joined[number]
            values[joined[number][0]] = None
        else:
            values[number] = None
    for number in values:
        parts.pop(number, None)
    return Taps(tuple(values), tuple(parts.items()), kept)


def _made(derivative: Derivative, later: tuple[int, ...]) -> set[int]:
    """What is read later and made of wide values, which the loop alone has."""
    nodes = derivative.graph.nodes
    return {
        number
        for number in needed(nodes, later, ())
        if number not in derivative.wide
        and isinstance(nodes[number].op, Contraction | Summed)
        and getattr(nodes[number].op, "over", None) is None
        and any(ref.node in derivative.wide for ref in nodes[number].inputs)
    }


def _parts(derivative: Derivative, loop: set[int]) -> dict[int, tuple[int, int, int]]:
    """Where a value stands in a vector of the loop that it is joined into."""
    nodes = derivative.graph.nodes
    found: dict[int, tuple[int, int, int]] = {}
    for number in sorted(loop):
        if not isinstance(nodes[number].op, Concat):
            continue
        start = 0
        for ref in nodes[number].inputs:
            stop = start + nodes[ref.node].type.last.at({})
            found.setdefault(ref.node, (number, start, stop))
            start = stop
    return found


def _residuals(
    stages: Stages, derivative: Derivative, wanted: tuple[int, ...]
) -> tuple[int, ...]:
    """Values of the forward loop that the derivative itself reads.

    Not those that are wide, nor those that arithmetic on the others gives, such as
    `1 - z`: that is done faster than memory is read.
    """
    nodes = derivative.graph.nodes
    first = len(stages.cell.nodes)
    every = needed(nodes, wanted, {*stages.before, *stages.inputs, *stages.fixed})
    read = {ref.node for n in every if n >= first for ref in nodes[n].inputs}
    for number in sorted(derivative.wide & stages.loop, reverse=True):
        if number in read:  # it is computed again from what it is made of
            read.remove(number)
            read.update(ref.node for ref in nodes[number].inputs)
    found = sorted(read & stages.loop)
    there = {*found, *stages.before, *stages.inputs, *stages.fixed}
    return tuple(n for n in found if not _follows(nodes, n, there))


def _follows(nodes: Sequence[Node], number: int, there: set[int]) -> bool:
    """Whether arithmetic on what is there gives a value."""
    node = nodes[number]
    return isinstance(node.op, Arithmetic) and all(
        ref.node in there or isinstance(nodes[ref.node].op, Number)
        for ref in node.inputs
    )
