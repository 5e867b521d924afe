"""No step of a causal model's program knows of later ones, however it is fed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from msgspec.structs import replace

from specc.ir.causality import causal_axes
from specc.ir.graph import Model
from specc.ir.size import Size
from specc.ops.input import Input
from specc.verify.arrays import Array, Arrays, Flags
from specc.verify.compare import Kind, Row, Tallies, make_row
from specc.verify.judge import Program
from specc.verify.patterns import PATTERNS
from specc.verify.sample import Batch, in_order, make_generator, sample_batch
from specc.verify.stepping import States, carried_states


def judge_causality(program: Program, *, shorter: bool = True) -> list[Row]:
    """The rows for every axis along which an output is causal.

    Steps change after the first half, which changes no output before. The first half
    alone gives the first half. And where the states are given and handed out, one
    step at a time gives what all steps give. `shorter`: whether to run it on fewer
    steps, as the last two do.
    """
    model, batch = program.expected.model, program.expected.truths[0].batch
    rows: list[Row] = []
    axes = causal_outputs(model)
    if not axes:
        return []
    outputs = program.run(batch)
    generator = make_generator(program.expected.seed, 2)
    ragged = PATTERNS["ragged"]
    other = sample_batch(model, "other", batch.rows, batch.lengths, ragged, generator)
    for axis, names in axes.items():
        steps = axis.at(batch.lengths)
        half = steps // 2
        if not half:
            continue
        before = _parts(model, outputs, names, axis, slice(half))
        masks = _masks(program, names, axis, slice(half))
        mixed = _mixed(model, batch, other, axis, half)
        found = _parts(model, program.run(mixed), names, axis, slice(half))
        rows += _rows(program, f"later {axis} changed", found, before, masks)
        if not shorter or not _can_be_shortened(model, axis):
            continue
        short = _cut(model, batch, axis, slice(half))
        found = _parts(model, program.run(short), names, axis, slice(half))
        rows += _rows(program, f"first {half} of {axis}", found, before, masks)
        states = carried_states(model, axis)
        if states is not None:
            found = _one_by_one(program, batch, axis, names, states)
            whole = {name: outputs[name] for name in found}
            masks = _masks(program, names, axis, slice(None))
            rows += _rows(program, f"{axis} one by one", found, whole, masks)
    return rows


def causal_outputs(model: Model) -> dict[Size, list[str]]:
    """The outputs that are causal along an axis, by its size."""
    found: dict[Size, list[str]] = {}
    refused = {(one.output, one.axis) for one in causal_axes(model) if not one.causal}
    for one in causal_axes(model):
        if (one.output, one.axis) not in refused:
            names = found.setdefault(one.axis, [])
            names += [] if one.output in names else [one.output]
    return found


def _input_axes(model: Model, axis: Size) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Where each input, masks included, has an axis of steps of that size."""
    for node in model.nodes:
        if not isinstance(node.op, Input):
            continue
        axes = list(enumerate(node.type.axes))
        if node.type.dtype == "float" and axes and axes[-1][1].size.fixed is not None:
            axes.pop()
        yield node.name, tuple(place for place, one in axes if one.size == axis)


def _mixed(model: Model, batch: Batch, other: Batch, axis: Size, half: int) -> Batch:
    """The batch, with the steps of another from some step on."""
    inputs: Arrays = {}
    for name, places in _input_axes(model, axis):
        array = other.inputs[name].copy() if places else batch.inputs[name]
        if places:
            kept = _along(array.ndim, places, slice(half))
            array[kept] = batch.inputs[name][kept]
        inputs[name] = array
    return replace(batch, name=f"later {axis}", inputs=in_order(model, inputs))


def _cut(model: Model, batch: Batch, axis: Size, part: slice) -> Batch:
    """Some of the steps alone."""
    inputs = {
        name: batch.inputs[name][_along(batch.inputs[name].ndim, places, part)]
        for name, places in _input_axes(model, axis)
    }
    length = len(range(*part.indices(axis.at(batch.lengths))))
    lengths = {**batch.lengths, str(axis): length}
    return Batch(f"part of {axis}", batch.rows, lengths, in_order(model, inputs))


def _can_be_shortened(model: Model, axis: Size) -> bool:
    """Whether the axis is a name, whose length is nobody else's concern.

    A length in a formula, such as `T - 2`, might be too short for half of the steps.
    """
    sizes = {a.size for node in model.nodes for type in node.types for a in type.axes}
    name = str(axis)
    return axis == Size.named(name) and not any(
        name in size.names and size != axis for size in sizes
    )


def _one_by_one(
    program: Program, batch: Batch, axis: Size, names: list[str], states: States
) -> Arrays:
    """The outputs of one step after the other, each from the states before it."""
    model = program.expected.model
    given = {name: batch.inputs[name] for name in states}
    steps: list[Arrays] = []
    for t in range(axis.at(batch.lengths)):
        one = _cut(model, batch, axis, slice(t, t + 1))
        inputs = in_order(model, {**one.inputs, **given})
        found = program.run(replace(one, inputs=inputs))
        given = {name: found[output] for name, output in states.items()}
        steps.append(found)
    parts = {
        name: np.concatenate([found[name] for found in steps], axis=1) for name in names
    }
    return {**parts, **{output: steps[-1][output] for output in states.values()}}


def _parts(
    model: Model, outputs: Arrays, names: list[str], axis: Size, part: slice
) -> Arrays:
    """Some of the steps of some outputs."""
    places = _output_axes(model, axis)
    return {
        name: outputs[name][_along(outputs[name].ndim, (places[name],), part)]
        for name in names
    }


def _masks(
    program: Program, names: list[str], axis: Size, part: slice
) -> dict[str, Flags | None]:
    """The masks of some outputs at some of the steps."""
    masks = program.expected.truths[0].masks
    places = _output_axes(program.expected.model, axis)
    found: dict[str, Flags | None] = {}
    for name in names:
        mask = masks[name]
        if mask is not None:
            mask = mask[_along(mask.ndim, (places[name],), part)]
        found[name] = mask
    return found


def _output_axes(model: Model, axis: Size) -> dict[str, int]:
    """Where each output that has it has the axis."""
    found: dict[str, int] = {}
    for name, output in zip(model.output_names, model.outputs, strict=True):
        sizes = [one.size for one in model.type_of(output.ref).axes]
        if axis in sizes:
            found[name] = sizes.index(axis)
    return found


def _along(rank: int, places: tuple[int, ...], part: slice) -> tuple[slice, ...]:
    """An index that takes a part of some axes, the batch not counted among them."""
    return tuple(part if n - 1 in places else slice(None) for n in range(rank))


def _rows(
    program: Program,
    what: str,
    found: Mapping[str, Array],
    before: Mapping[str, Array],
    masks: Mapping[str, Flags | None],
) -> list[Row]:
    kind: Kind = "invariance"
    tallies = Tallies(before)
    tallies.add(found, before, what, masks)
    lost = program.expected.lost
    return [
        make_row(kind, f"{name}, {what}", "float64", tally, lost(kind, name))
        for name, tally in tallies.items()
    ]
