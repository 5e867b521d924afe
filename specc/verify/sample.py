"""Random weights and random batches that leave a mistake no place to hide.

Weights differ in every element, so that no two gates look alike. Rows have different
numbers of valid steps, what stands at masked steps is large and random, and cotangents
are zero there. All numbers are representable in float32, so that both precisions start
from the same ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from specc.ir.graph import Model, Node, Ref
from specc.ir.lengths import fitting_lengths
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops.input import Input
from specc.ops.recurrent import Recurrent
from specc.reference.arguments import model_weights
from specc.verify.arrays import Array, Arrays, Flags
from specc.verify.patterns import PATTERNS, Pattern, all_valid

Float32s: TypeAlias = npt.NDArray[np.float32]

ROWS = 5
ROOMY = 5
"""Steps that every sequence of a model has at least, but for the shortest batch."""
SPREAD = 2
"""Steps by which one named length differs from the next, so that none pass for two."""
APPENDED = 3
"""Padded steps that are appended to show that they change nothing."""
LONG = 600
"""Steps more where a scan goes by chunks, so that there are several."""
SOME_IDS = 10
"""Ids are drawn below this where their type has no bound."""


class Batch(Struct, frozen=True, eq=False):
    """Inputs by name, masks included. `lengths` are those of the named axes."""

    name: str
    rows: int
    lengths: dict[str, int]
    inputs: Arrays

    @property
    def label(self) -> str:
        """The batch in words: `ragged: 5 rows, T = 7`."""
        rows = f"{self.rows} row{'s' if self.rows > 1 else ''}"
        lengths = [f"{name} = {length}" for name, length in self.lengths.items()]
        return f"{self.name}: {', '.join([rows, *lengths])}"

    def row(self, number: int) -> Batch:
        """One of the rows as a batch of its own."""
        alone = {
            name: array[number : number + 1] for name, array in self.inputs.items()
        }
        return Batch(f"row {number + 1} alone", 1, self.lengths, alone)


def make_generator(*key: int) -> np.random.Generator:
    """A stream of random numbers that belongs to a key."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(key)))


def sample_weights(model: Model, generator: np.random.Generator) -> dict[str, Float32s]:
    """A random number for every element of every weight, by canonical name."""
    return {
        name: _sample_weight(weight, generator)
        for name, (weight, _) in model_weights(model).items()
    }


def _sample_weight(weight: Weight, generator: np.random.Generator) -> Float32s:
    """Numbers of a size that keeps the values of the model around one."""
    numbers = generator.standard_normal(weight.shape, np.float32)
    match weight.role:
        case "kernel" | "recurrent":
            numbers /= np.float32(math.sqrt(max(weight.fans[0], 1)))
        case "bias" | "mean":
            numbers /= np.float32(2)
        case "scale":
            numbers = 1 + numbers / np.float32(4)
        case "variance":
            numbers = np.exp(numbers / np.float32(2))
        case "table":
            pass
    return numbers


def sample_batches(model: Model, generator: np.random.Generator) -> tuple[Batch, ...]:
    """The batches a program is judged by, the first of them the most telling one."""
    roomy = {
        name: length + SPREAD * place
        for place, (name, length) in enumerate(fitting_lengths(model, ROOMY).items(), 1)
    }
    plans: list[tuple[str, int, dict[str, int], Pattern]] = []
    # The lengths above are odd; a stride of two sees even ones otherwise.
    even = {name: length + 1 for name, length in roomy.items()}
    if model.mask_of:
        plans += [(name, ROWS, roomy, pattern) for name, pattern in PATTERNS.items()]
        plans += [("one row", 1, even, PATTERNS["ragged"])]
    else:
        plans += [("random", ROWS, roomy, all_valid), ("one row", 1, even, all_valid)]
    if any(map(_goes_by_chunks, model.nodes)):
        long = {name: length + LONG for name, length in roomy.items()}
        plans += [("long", 2, long, PATTERNS["ragged"])]
    if roomy:
        shortest = fitting_lengths(model, 1)
        plans += [("shortest", 2, shortest, PATTERNS["ragged"])]
    return tuple(
        sample_batch(model, name, rows, lengths, pattern, generator)
        for name, rows, lengths, pattern in plans
    )


def _goes_by_chunks(node: Node) -> bool:
    return isinstance(node.op, Recurrent) and node.op.schedule.scan == "chunked"


def sample_batch(
    model: Model,
    name: str,
    rows: int,
    lengths: dict[str, int],
    pattern: Pattern,
    generator: np.random.Generator,
) -> Batch:
    """Random inputs of these lengths, with steps that count as the pattern has it."""
    inputs = _sample_inputs(model, rows, lengths, pattern, generator)
    return Batch(name, rows, lengths, inputs)


def _sample_inputs(
    model: Model,
    rows: int,
    lengths: Mapping[str, int],
    pattern: Pattern,
    generator: np.random.Generator,
) -> Arrays:
    inputs: Arrays = {}
    for place, (name, ref) in enumerate(_own_inputs(model)):
        type, mask = model.type_of(ref), model.mask(ref)
        shape = _shape(type, rows, lengths)
        if mask is None:
            inputs[name] = _valid_values(type, shape, generator)
            continue
        valid = pattern(_shape(model.type_of(mask), rows, lengths), place, generator)
        inputs[name] = np.where(
            spread(valid, len(shape)),
            _valid_values(type, shape, generator),
            _padding_values(type, shape, generator),
        )
        if isinstance(model.nodes[mask.node].op, Input):
            inputs[model.nodes[mask.node].name] = valid
    return in_order(model, inputs)


def in_order(model: Model, inputs: Mapping[str, Array]) -> Arrays:
    """The inputs in the order of the model's, which programs take them in."""
    names = [model.nodes[ref.node].name for ref in model.inputs]
    return {name: inputs[name] for name in names}


def _own_inputs(model: Model) -> Iterator[tuple[str, Ref]]:
    """The inputs that are not masks of others."""
    masks = {mask for _, mask in model.mask_of}
    for number, node in enumerate(model.nodes):
        if isinstance(node.op, Input) and Ref(number) not in masks:
            yield node.name, Ref(number)


def _shape(type: Type, rows: int, lengths: Mapping[str, int]) -> tuple[int, ...]:
    return (rows, *(axis.size.at(lengths) for axis in type.axes))


def spread(mask: Flags, rank: int) -> Flags:
    """A mask with axes of length 1 added at the end, up to a rank."""
    return mask.reshape(mask.shape + (1,) * (rank - mask.ndim))


def _valid_values(
    type: Type, shape: tuple[int, ...], generator: np.random.Generator
) -> Array:
    if type.dtype == "float":
        return generator.standard_normal(shape, np.float32)
    if type.dtype == "bool":
        return generator.random(shape) < 0.5
    bound = type.bound or SOME_IDS
    if type.pad is None:
        return generator.integers(0, bound, shape, np.int32)
    if bound == 1:  # the only id there is stands for padding
        return np.full(shape, type.pad, np.int32)
    ids = generator.integers(0, bound - 1, shape, np.int32)
    ids[ids >= type.pad] += 1
    return ids


def _padding_values(
    type: Type, shape: tuple[int, ...], generator: np.random.Generator
) -> Array:
    """The padding id, or numbers that show wherever they leak."""
    if type.pad is not None:
        return np.full(shape, type.pad, np.int32)
    if type.dtype != "float":
        return _valid_values(type, shape, generator)
    numbers = generator.standard_normal(shape, np.float32)
    numbers += np.float32(10) * np.sign(numbers)
    return numbers


def append_padding(
    model: Model, batch: Batch, generator: np.random.Generator
) -> Batch | None:
    """The batch with padded steps at the end of every sequence that can have them.

    None if there is none: an axis of fixed length, or one that some input has without
    a mask.
    """
    padded = _padded_names(model)
    if not padded:
        return None
    lengths = {
        name: length + (APPENDED if name in padded else 0)
        for name, length in batch.lengths.items()
    }
    inputs: Arrays = {}
    for node in model.nodes:
        if not isinstance(node.op, Input):
            continue
        given = batch.inputs[node.name]
        shape = _shape(node.type, batch.rows, lengths)
        longer = (
            np.zeros(shape, np.bool_)
            if node.type.dtype == "bool"
            else _padding_values(node.type, shape, generator)
        )
        longer[tuple(slice(size) for size in given.shape)] = given
        inputs[node.name] = longer
    return Batch("with padding", batch.rows, lengths, in_order(model, inputs))


def _padded_names(model: Model) -> frozenset[str]:
    """Named lengths of which every input that has one has a mask for it."""
    ragged: set[str] = set()
    bare: set[str] = set()
    for _, ref in _own_inputs(model):
        for axis in model.type_of(ref).axes:
            names = ragged if axis.ragged else bare
            names |= axis.size.names
    return frozenset(ragged - bare)
