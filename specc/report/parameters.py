"""Exact parameter counts of a model: a row per layer, shared weights once."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from specc.ir.graph import Model, Node
from specc.ir.layers import is_shared, layers, written
from specc.ir.lengths import least_lengths
from specc.ir.types import Axis, Type
from specc.ops.arithmetic import Arithmetic
from specc.ops.function import Function
from specc.report.cost import FLOAT32_BYTES, ModelCost, Sizes, count_cost
from specc.report.formula import count_formula
from specc.report.rows import outer_axes


class WeightRow(Struct, frozen=True):
    """One weight, by its canonical name. `source`: its initialiser, or its file."""

    name: str
    shape: tuple[int, ...]
    parameters: int
    trainable: bool
    source: str


class LayerRow(Struct, frozen=True):
    """One layer where it stands in the spec.

    `layer` is its text there, `op` its word in the language (`bi(lstm)`), `output` the
    type of what it gives. A layer that uses another's weights names it in
    `shared_with`; it has no weights and parameters of its own.
    """

    name: str
    op: str
    layer: str
    output: str
    weights: tuple[WeightRow, ...]
    formula: str
    shared_with: str | None

    @property
    def parameters(self) -> int:
        return sum(weight.parameters for weight in self.weights)

    @property
    def trainable(self) -> int:
        """How many of the parameters training changes."""
        return sum(weight.parameters for weight in self.weights if weight.trainable)


class ModelReport(Struct, frozen=True):
    """The parameter counts of a model. `source` is the spec's file name.

    `least`: the named lengths that must be more than one, and how much. `cost` is there
    where it was asked for, its layers in the order of the rows.
    """

    name: str
    source: str
    layers: tuple[LayerRow, ...]
    cost: ModelCost | None = None
    least: tuple[tuple[str, int], ...] = ()

    @property
    def total(self) -> int:
        return sum(layer.parameters for layer in self.layers)

    @property
    def trainable(self) -> int:
        return sum(layer.trainable for layer in self.layers)

    @property
    def frozen(self) -> int:
        return self.total - self.trainable

    @property
    def bytes(self) -> int:
        """What the weights take as float32."""
        return self.total * FLOAT32_BYTES


def count_parameters(model: Model) -> ModelReport:
    """Count the parameters of a model, layer by layer, in the order of the spec."""
    rows = tuple(row for node, row in _layer_rows(model) if not _is_sum(node))
    return ModelReport(model.name, model.source, rows, least=_least(model))


def count_all(model: Model, sizes: Sizes) -> ModelReport:
    """Count the parameters of a model and what it costs at these sizes."""
    rows = tuple(row for _, row in _layer_rows(model))
    cost = count_cost(model, sizes)
    return ModelReport(model.name, model.source, rows, cost, _least(model))


def _least(model: Model) -> tuple[tuple[str, int], ...]:
    return tuple(least_lengths(model).items())


def _is_sum(node: Node) -> bool:
    """Whether it is arithmetic, which has no parameters; what it costs is told."""
    return isinstance(node.op, Arithmetic) or node.op == Function(function="negative")


def _layer_rows(model: Model) -> Iterator[tuple[Node, LayerRow]]:
    named = {id(node) for node in layers(model)}
    for node, around in zip(model.nodes, outer_axes(model), strict=True):
        if id(node) in named:
            yield node, _layer_row(model, node, around)


def _layer_row(model: Model, node: Node, around: tuple[Axis, ...]) -> LayerRow:
    shared = is_shared(node)
    own = () if shared else node.weights
    return LayerRow(
        name=node.name,
        op=node.op.word(),
        layer=written(node),
        output=", ".join(str(_whole(type, around)) for type in node.types),
        weights=tuple(
            WeightRow(
                name=f"{node.name}.{weight.name}",
                shape=weight.shape,
                parameters=weight.count,
                trainable=weight.trainable,
                source=weight.file or str(weight.initial),
            )
            for weight in own
        ),
        formula=count_formula(own),
        shared_with=_owner_name(model, node) if shared else None,
    )


def _whole(type: Type, around: tuple[Axis, ...]) -> Type:
    """A type as it is outside of `over`: with the axes that it goes through."""
    return type if type.unbatched else type.with_axes(*around, *type.axes)


def _owner_name(model: Model, node: Node) -> str:
    assert node.owner is not None, "only a shared layer has an owner"
    return model.nodes[node.owner].name
