"""What a model costs: multiply-adds, steps in a row, and memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from specc.ir.amount import Amount, elements, total
from specc.ir.graph import Model, Node, Ref
from specc.ir.layers import layers
from specc.ir.size import Size
from specc.report.rows import outer_axes

FLOAT32_BYTES = 4
MOMENTS = 2
"""What Adam keeps for every weight it trains."""
MOST_PATHS = 8
"""More longest paths than these are not told apart by their symbols."""


class Sizes(Struct, frozen=True):
    """The sizes a cost is asked for; what is None or not there stays a symbol.

    `every` is the length of each named axis that `lengths` does not give.
    """

    batch: int | None = None
    every: int | None = None
    lengths: Mapping[str, int] | None = None


class LayerCost(Struct, frozen=True):
    """The cost of one layer, forward, for the whole batch.

    `activations` in bytes, as float32: its results, and what it makes on the way.
    """

    multiply_adds: Amount
    steps: Size
    activations: Amount


class ModelCost(Struct, frozen=True):
    """The cost of a model; `layers` in the order of the parameter report.

    `batch` and `lengths` are the sizes as given or as symbols. `steps`: the longest
    path through the model is the largest of these; empty where there are too many.
    `weights`, `gradients`, `moments` in bytes: what training with Adam keeps.
    """

    batch: Size
    lengths: tuple[tuple[str, Size], ...]
    layers: tuple[LayerCost, ...]
    steps: tuple[Size, ...]
    weights: int
    gradients: int
    moments: int

    @property
    def multiply_adds(self) -> Amount:
        return total(layer.multiply_adds for layer in self.layers)

    @property
    def activations(self) -> Amount:
        return total(layer.activations for layer in self.layers)

    @property
    def memory(self) -> Amount:
        """Bytes for a training step: weights, gradients, moments and activations."""
        kept = self.weights + self.gradients + self.moments
        return Amount.product(kept) + self.activations


def length_names(model: Model) -> list[str]:
    """The named lengths of a model's inputs, sorted."""
    axes = (axis for ref in model.inputs for axis in model.type_of(ref).axes)
    return sorted({name for axis in axes for name in axis.size.names})


def count_cost(model: Model, sizes: Sizes) -> ModelCost:
    """Count what one pass over a batch costs. A layer used twice costs twice."""
    names = length_names(model)
    lengths = {name: _length(name, sizes) for name in names}
    batch = Size.named(_batch_name(names)) if sizes.batch is None else Size(sizes.batch)
    weights = [w for n in model.nodes if n.owner is None for w in n.weights]
    trained = sum(weight.count for weight in weights if weight.trainable)
    return ModelCost(
        batch=batch,
        lengths=tuple(lengths.items()),
        layers=tuple(
            _layer_cost(model, node, rows, lengths)
            for node, rows in _with_rows(model, batch)
        ),
        steps=_longest_paths(model, lengths),
        weights=FLOAT32_BYTES * sum(weight.count for weight in weights),
        gradients=FLOAT32_BYTES * trained,
        moments=FLOAT32_BYTES * MOMENTS * trained,
    )


def _length(name: str, sizes: Sizes) -> Size:
    length = (sizes.lengths or {}).get(name, sizes.every)
    return Size.named(name) if length is None else Size(length)


def _batch_name(taken: Sequence[str]) -> str:
    name = "B"
    while name in taken:
        name += "B"
    return name


def _with_rows(model: Model, batch: Size) -> Iterator[tuple[Node, Amount]]:
    """The layers, each with the rows it sees: `over` makes a row of every step."""
    named = {id(node) for node in layers(model)}
    for node, axes in zip(model.nodes, outer_axes(model), strict=True):
        if id(node) in named:
            yield node, Amount.product(batch, *(axis.size for axis in axes))


def _layer_cost(
    model: Model, node: Node, rows: Amount, lengths: Mapping[str, Size]
) -> LayerCost:
    inputs = [model.type_of(ref) for ref in node.inputs]
    kept = elements(*node.types) + node.op.inner(*inputs)
    if all(type.unbatched for type in node.types):
        rows = Amount.product(1)
    return LayerCost(
        multiply_adds=(node.op.multiply_adds(*inputs) * rows).replace(lengths),
        steps=_steps(model, node, lengths),
        activations=(kept * rows * FLOAT32_BYTES).replace(lengths),
    )


def _steps(model: Model, node: Node, lengths: Mapping[str, Size]) -> Size:
    steps = node.op.steps(*(model.type_of(ref) for ref in node.inputs))
    return steps.replace(lengths)


def _longest_paths(model: Model, lengths: Mapping[str, Size]) -> tuple[Size, ...]:
    """The steps on the longest paths to the outputs; several where symbols decide."""
    named = {id(node) for node in layers(model)}
    paths: list[list[Size]] = []
    for node in model.nodes:
        before = _largest(_reaching(paths, node.inputs))
        if id(node) in named:
            steps = _steps(model, node, lengths)
            before = [path + steps for path in before]
        if len(before) > MOST_PATHS:
            return ()
        paths.append(before)
    ends = [output.ref for output in model.outputs]
    return tuple(_largest(_reaching(paths, ends)))


def _reaching(paths: Sequence[Sequence[Size]], refs: Sequence[Ref]) -> Iterator[Size]:
    yield Size(0)
    for ref in refs:
        yield from paths[ref.node]


def _largest(sizes: Iterator[Size]) -> list[Size]:
    """The sizes that no other one is sure to reach."""
    kept: list[Size] = []
    for size in sizes:
        if any(_reaches(other, size) for other in kept):
            continue
        kept = [other for other in kept if not _reaches(size, other)]
        kept.append(size)
    return kept


def _reaches(large: Size, small: Size) -> bool:
    """Whether `large >= small` whatever the lengths are; no if that is not plain."""
    difference = large - small
    return difference.constant >= 0 and all(f > 0 for _, f in difference.terms)
