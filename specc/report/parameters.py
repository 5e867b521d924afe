"""Exact parameter counts of a model: a row per layer, shared weights once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from specc.ir.graph import Model, Node
from specc.ops.function import Function
from specc.ops.input import Input
from specc.ops.number import Number
from specc.ops.recurrent import Recurrent
from specc.report.formula import count_formula

FLOAT32_BYTES = 4
# Strings stay as they are. What else there is between words is a gap: nothing next to
# a bracket, one space elsewhere. Possessive, so that no text makes the search slow.
_GAP = r"(?:\s|#[^\n]*+)++"
_GAPS = re.compile(rf'("(?:[^"\\\n]|\\.)*+")|(?<=[(\[]){_GAP}|{_GAP}(?=[)\]])|({_GAP})')


@dataclass(frozen=True, slots=True)
class WeightRow:
    """One weight, by its canonical name. `source`: its initialiser, or its file."""

    name: str
    shape: tuple[int, ...]
    parameters: int
    trainable: bool
    source: str


@dataclass(frozen=True, slots=True)
class LayerRow:
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


@dataclass(frozen=True, slots=True)
class ModelReport:
    """The parameter counts of a model. `source` is the spec's file name."""

    name: str
    source: str
    layers: tuple[LayerRow, ...]

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
    rows = tuple(_layer_row(model, node) for node in _layers(model))
    return ModelReport(model.name, model.source, rows)


def _layers(model: Model) -> Iterator[Node]:
    """The nodes somebody wrote as layers: no inputs, no numbers, no masks."""
    for node in model.nodes:
        if node.name and not isinstance(node.op, Input | Number):
            yield node


def _layer_row(model: Model, node: Node) -> LayerRow:
    shared = node.owner is not None and bool(node.weights)
    own = () if shared else node.weights
    return LayerRow(
        name=node.name,
        op=_word(node),
        layer=_on_one_line(node.span.text),
        output=", ".join(map(str, node.types)),
        weights=tuple(
            WeightRow(
                name=f"{node.name}.{weight.name}",
                shape=weight.shape,
                parameters=weight.count,
                trainable=weight.trainable,
                source=weight.file or weight.initial,
            )
            for weight in own
        ),
        formula=count_formula(own),
        shared_with=_owner_name(model, node) if shared else None,
    )


def _owner_name(model: Model, node: Node) -> str:
    assert node.owner is not None, "only a shared layer has an owner"
    return model.nodes[node.owner].name


def _word(node: Node) -> str:
    """The layer's word in the language."""
    match node.op:
        case Recurrent(cell=cell, direction="both"):
            return f"bi({cell.name})"
        case Recurrent(cell=cell):
            return cell.name
        case Function(function=function):
            return function
    return node.op.name()


def _on_one_line(text: str) -> str:
    """A layer's text without comments and line ends."""
    return _GAPS.sub(lambda found: found[1] or (" " if found[2] else ""), text)
