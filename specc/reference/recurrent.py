"""A cell run along time, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from specc.ir.graph import Cell
from specc.ops.parameter import Parameter
from specc.ops.recurrent import Merge, Recurrent
from specc.reference._alignment import with_rank
from specc.reference._steps import Masks
from specc.reference.arrays import broadcast_to, concatenate
from specc.reference.elementwise import where
from specc.reference.evaluate import Item, evaluate, number_at
from specc.reference.tape import Flags, Value, zeros


def recurrent(
    op: Recurrent,
    weights: Mapping[str, Value],
    masks: Masks,
    x: Value,
    *others: Value,
) -> tuple[Value, ...]:
    """Run the cell in each direction and merge the outputs; then the final states."""
    states = len(op.cell.states)
    outside = outside_values(op.cell, others, masks[1:])
    initial = others[len(op.cell.outside) :]
    passes = []
    for place, direction in enumerate(op.directions):
        prefix = f"{direction}." if op.direction == "both" else ""
        own = {w.name: weights[prefix + w.name] for w in op.cell.weights}
        start = initial[place * states : (place + 1) * states]
        passes.append(run_cell(op.cell, own, masks[0], x, start, direction, outside))
    outputs = [found.final if op.final else found.outputs for found in passes]
    merged = merge_outputs(op.merge, outputs) if len(outputs) == 2 else tuple(outputs)
    finals = [state for found in passes for state in found.states]
    return (*merged, *finals) if op.states else merged


class Pass(NamedTuple):
    """What one direction gives: outputs [B, T, ...], the last of them, the states."""

    outputs: Value
    final: Value
    states: tuple[Value, ...]


def run_cell(
    cell: Cell,
    weights: Mapping[str, Value],
    mask: Flags | None,
    x: Value,
    initial: Sequence[Value],
    direction: str,
    outside: Mapping[int, Item],
) -> Pass:
    """Run a cell over the steps of x in one direction.

    A masked step keeps the states and repeats the output, which is 0 before the first
    valid step.
    """
    batch, steps = x.shape[:2]
    steady = dict(outside)
    for number, node in enumerate(cell.nodes):
        if isinstance(node.op, Parameter):
            steady[number] = weights[node.name][None]
    states = first_states(cell, initial, batch, x)
    output = zeros((batch, *sizes(cell, cell.output.node)), x.dtype)
    # One more entry of no steps, so that no steps at all still have a shape.
    outputs = [zeros((batch, 0, *output.shape[1:]), x.dtype)] * (steps + 1)
    order = range(steps) if direction == "forward" else reversed(range(steps))
    for t in order:
        before = {s.before.node: v for s, v in zip(cell.states, states, strict=True)}
        values = evaluate(cell, {0: x[:, t], **before, **steady}, weights, x.dtype)
        valid = np.ones(batch, bool) if mask is None else mask[:, t]
        states = tuple(
            keep(valid, number_at(values, state.after), old)
            for state, old in zip(cell.states, states, strict=True)
        )
        output = keep(valid, number_at(values, cell.output), output)
        outputs[t] = output[:, None]
    return Pass(concatenate(outputs, axis=1), output, states)


def outside_values(
    cell: Cell, values: Sequence[Value], masks: Masks
) -> dict[int, Item]:
    """What the cell sees at every step, masks included, by node."""
    found: dict[int, Item] = {}
    for outside, value, mask in zip(cell.outside, values, masks, strict=False):
        found[outside.value.node] = value
        if outside.mask is not None:
            assert mask is not None, f"{outside.name} has a mask"
            found[outside.mask.node] = mask
    return found


def first_states(
    cell: Cell, initial: Sequence[Value], batch: int, x: Value
) -> tuple[Value, ...]:
    """The states given, or zeros."""
    shapes = [(batch, *sizes(cell, state.before.node)) for state in cell.states]
    if not initial:
        return tuple(zeros(shape, x.dtype) for shape in shapes)
    return tuple(
        broadcast_to(with_rank(value, len(shape)), shape)
        for value, shape in zip(initial, shapes, strict=True)
    )


def sizes(cell: Cell, number: int) -> list[int]:
    """The sizes of a value of the cell, which are all fixed."""
    return [axis.size.at({}) for axis in cell.nodes[number].type.axes]


def keep(valid: Flags, new: Value, old: Value) -> Value:
    """The new value at a valid step, else the old one.  valid: [B]."""
    flags = valid.reshape(-1, *(1 for _ in old.shape[1:]))
    return where(flags, new, old)


def merge_outputs(merge: Merge, outputs: Sequence[Value]) -> tuple[Value, ...]:
    """The outputs of the two directions as the merge says."""
    forward, backward = outputs
    match merge:
        case "concat":
            return (concatenate([forward, backward], axis=-1),)
        case "sum":
            return (forward + backward,)
        case "multiply":
            return (forward * backward,)
        case "average":
            return ((forward + backward) / 2,)
        case "none":
            return (forward, backward)
