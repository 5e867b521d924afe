"""What changed from one model to another, and which weights carry over."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from specc.codegen.equation_text import equation_lines
from specc.ir.amount import Amount
from specc.ir.graph import Cell, Model, Node, Ref
from specc.ir.layers import layers, written
from specc.ir.op import GENERAL, Op
from specc.ir.weights import Weight
from specc.report.cost import Sizes, count_cost
from specc.report.parameters import count_parameters
from specc.report.renamed import renamed_layers

EQUATION_WIDTH = 10**6
"""Equations are compared line by line, so none is wrapped."""

WEIGHT_FACTS = ("starts", "trains", "l1", "l2")
"""What is told of a weight, behind its name."""
Change = Literal["added", "removed", "changed"]
Shape = tuple[int, ...]
Key = tuple[str, int]
"""A layer's name, and how often it stood there before: shared ones stand often."""


class Field(Struct, frozen=True):
    """One thing that changed: what it is called, and its text before and after."""

    what: str
    before: str
    after: str


class LayerChange(Struct, frozen=True):
    """A layer that is new, gone, or not what it was; `layer` is its text."""

    name: str
    change: Change
    layer: str
    fields: tuple[Field, ...] = ()


class WeightChange(Struct, frozen=True):
    """A weight by its canonical name and its layer's; None where it is not there."""

    layer: str
    name: str
    before: Shape | None
    after: Shape | None


class Totals(Struct, frozen=True):
    """The sums of one of the two models."""

    name: str
    source: str
    parameters: int
    multiply_adds: Amount


class Difference(Struct, frozen=True):
    """Everything that changed. `head`: the model's name, inputs and outputs.

    A weight of the earlier model is fit for the later one if it has the same canonical
    name and shape: `carried` are the names of those, `weights` all others.
    `carried_parameters` are the numbers in them. `renamed`: layers that have weights
    like those of an earlier one, under another name.
    """

    before: Totals
    after: Totals
    head: tuple[Field, ...]
    layers: tuple[LayerChange, ...]
    carried: tuple[str, ...]
    carried_parameters: int
    weights: tuple[WeightChange, ...]
    renamed: tuple[tuple[str, str], ...]

    @property
    def is_empty(self) -> bool:
        return not (self.head or self.layers or self.weights)


def compare_models(before: Model, after: Model) -> Difference:
    """Compare two models, layer by layer under the layers' names."""
    old, new = _shapes(before), _shapes(after)
    owners = {**_owners(before), **_owners(after)}
    names = [*old, *(name for name in new if name not in old)]
    carried = [name for name in names if old.get(name) == new.get(name)]
    return Difference(
        before=_totals(before),
        after=_totals(after),
        head=tuple(_fields(_head(before), _head(after))),
        layers=tuple(_layer_changes(before, after)),
        carried=tuple(carried),
        carried_parameters=sum(math.prod(new[name]) for name in carried),
        weights=tuple(
            WeightChange(owners[name], name, old.get(name), new.get(name))
            for name in names
            if old.get(name) != new.get(name)
        ),
        renamed=tuple(renamed_layers(before, after)),
    )


def _totals(model: Model) -> Totals:
    cost = count_cost(model, Sizes())
    total = count_parameters(model).total
    return Totals(model.name, model.source, total, cost.multiply_adds)


def _owners(model: Model) -> dict[str, str]:
    """The layer of every weight, by the weight's name."""
    return {
        f"{node.name}.{weight.name}": node.name
        for node in model.nodes
        if node.owner is None
        for weight in node.weights
    }


def _shapes(model: Model) -> dict[str, Shape]:
    return {
        f"{node.name}.{weight.name}": weight.shape
        for node in model.nodes
        if node.owner is None
        for weight in node.weights
    }


def _head(model: Model) -> dict[str, str]:
    """What the model's head says, and where the outputs come from."""
    found = {"model": model.name}
    for ref in model.inputs:
        found[f"input {model.nodes[ref.node].name}"] = str(model.type_of(ref))
    for name, output in zip(model.output_names, model.outputs, strict=True):
        found[name if not output.name else f"output {name}"] = (
            f"{model.type_of(output.ref)} from {_value(model, output.ref)}"
        )
    return found


def _layer_changes(before: Model, after: Model) -> Iterator[LayerChange]:
    old, new = _keyed(before), _keyed(after)
    for key in _order(list(old), list(new)):
        if key not in new:
            yield LayerChange(key[0], "removed", written(old[key]))
        elif key not in old:
            yield LayerChange(key[0], "added", written(new[key]))
        else:
            fields = (
                *_fields(_facts(before, old[key]), _facts(after, new[key])),
                *_weight_fields(old[key], new[key]),
            )
            if fields:
                yield LayerChange(key[0], "changed", written(new[key]), fields)


def _keyed(model: Model) -> dict[Key, Node]:
    found: dict[Key, Node] = {}
    counts: dict[str, int] = {}
    for node in layers(model):
        place = counts.get(node.name, 0)
        counts[node.name] = place + 1
        found[node.name, place] = node
    return found


def _order(old: Sequence[Key], new: Sequence[Key]) -> list[Key]:
    """The keys of the later model, each that is gone behind the one it stood behind."""
    behind: dict[Key | None, list[Key]] = {}
    kept, last = set(new), None
    for key in old:
        if key in kept:
            last = key
        else:
            behind.setdefault(last, []).append(key)
    order = behind.get(None, [])
    for key in new:
        order += [key, *behind.get(key, [])]
    return order


def _facts(model: Model, node: Node) -> dict[str, str]:
    """All there is to say about a layer, by what it is called."""
    found = {"layer": node.op.word()}
    found["input"] = ", ".join(_value(model, ref) for ref in node.inputs)
    found |= _options(node.op)
    if node.owner is not None and node.weights:
        found["weights of"] = model.nodes[node.owner].name
    found["output"] = ", ".join(map(str, node.types))
    return found


def _options(op: Op) -> dict[str, str]:
    """The options by their words; those of weights are told weight by weight."""
    found: dict[str, str] = {}
    for field, word in op.options().items():
        value: object = getattr(op, field)
        if isinstance(value, Cell):
            found |= _equations(value)
        elif field not in GENERAL:
            found[word] = _option_text(value)
    return found


def _option_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _equations(cell: Cell) -> dict[str, str]:
    """Each equation by what it defines; the last one may be a result only."""
    found: dict[str, str] = {}
    for line in equation_lines(cell, EQUATION_WIDTH):
        name, equals, _ = line.partition(" = ")
        found[f"equation of {name}" if equals else "result of a step"] = line
    return found


def _weight_fields(before: Node, after: Node) -> Iterator[Field]:
    """What differs in how weights that both have begin and learn."""
    old = {weight.name: weight for weight in before.weights}
    for weight in after.weights:
        if weight.name in old:
            facts = _weight_facts(old[weight.name]), _weight_facts(weight)
            yield from _fields(*facts)


def _weight_facts(weight: Weight) -> dict[str, str]:
    facts = (
        str(weight.initial),
        _option_text(weight.trainable),
        str(weight.l1),
        str(weight.l2),
    )
    return {
        f"{weight.name} {what}": fact
        for what, fact in zip(WEIGHT_FACTS, facts, strict=True)
    }


def _value(model: Model, ref: Ref) -> str:
    node = model.nodes[ref.node]
    name = node.name or node.op.name()
    return f"{name}.{ref.output}" if ref.output else name


def _fields(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Field]:
    """What differs; the text of what is only on one side is empty on the other."""
    for what in (*before, *(what for what in after if what not in before)):
        old, new = before.get(what, ""), after.get(what, "")
        if old != new:
            yield Field(what, old, new)
