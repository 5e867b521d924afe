"""The variables of a program by their paths in Keras: `bi_lstm/forward/kernel`.

Where they are, the program's own `layer_weights` and `cell_weights` say. The layers
inside of layers Keras numbers as it goes, so their names are left out here:
`bi_lstm/forward_rnn_3/lstm_cell_5/kernel` is `bi_lstm/forward/kernel`.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from specc.codegen.elsewhere import Builder, Share, Table, own_weights
from specc.codegen.expressions import (
    Atom,
    Attribute,
    Call,
    Constant,
    Expression,
    Index,
    Tuple_,
)
from specc.codegen.plan import make_plan
from specc.codegen.renamed import Renamed, place_of
from specc.codegen.statements import Function, Return
from specc.ir.graph import Model, Node
from specc.ir.weights import Weight
from specc.ops.recurrent import Recurrent
from specc_tensorflow.cells import inner_classes
from specc_tensorflow.layers import find_emit
from specc_tensorflow.library import RESERVED
from specc_tensorflow.writer import Writer

SEED = "/seed_generator_state"
"""How variables end that are no weights: where random numbers stand."""
DIRECTIONS = {"forward_layer": ("forward",), "backward_layer": ("backward",)}
HIDDEN = ("cell", "own")
"""Attributes on the way to a variable that are no part of its name."""


class Variable(Struct, frozen=True):
    """A variable: its layer's name in Keras, its path in that, the weights in it."""

    layer: str
    path: tuple[str, ...]
    weights: tuple[str, ...]
    is_cell: bool = False


def variables_table(model: Model, renamed: Renamed, found: frozenset[str]) -> Table:
    """Where a built model has the weights; `found` may have Keras's own paths."""
    held = _held(model)
    builder = Builder()
    for node, weights in own_weights(model):
        place = place_of(node.name, renamed).alone()
        layer = held[node.name][0].layer if place == node.name else place
        known = _by_short_path(layer, node, found) if found else {}
        by_name = {f"{node.name}.{weight.name}": weight for weight in weights}
        for variable in held[node.name]:
            short = "/".join(filter(None, (layer, *variable.path)))
            _put(builder, node, known.get(short, short), variable, by_name)
    for name in found:
        if name.endswith(SEED):
            builder.spare(name)
    return builder.table()


def _by_short_path(layer: str, node: Node, found: frozenset[str]) -> dict[str, str]:
    """The names Keras gives what is in a recurrent layer, by those we give.

    Loops and cells have no name here. Layers inside a cell are numbered in the order
    they are made, a class for itself: `turing/turing_2/dense_7/kernel`.
    """
    if not isinstance(node.op, Recurrent):
        return {}
    inner = inner_classes(node.op.cell)
    both = node.op.direction == "both"
    short: dict[str, str] = {}
    inside: dict[tuple[str, ...], set[str]] = {}
    rest: list[tuple[tuple[str, ...], str, str, str]] = []
    for name in sorted(found):
        start, *path = name.split("/")
        if start != layer or len(path) not in (2 + both, 3 + both):
            continue
        variable = path.pop()
        direction = tuple(part.partition("_")[0] for part in path[:both])
        if len(path) == 1 + both:
            short["/".join((layer, *direction, variable))] = name
            continue
        inside.setdefault(direction, set()).add(path[-1])
        rest.append((direction, path[-1], variable, name))
    for direction, own, variable, name in rest:
        attribute = _attributes(inner, inside[direction]).get(own, "")
        short["/".join((layer, *direction, attribute, variable))] = name
    return {place: name for place, name in short.items() if place not in found}


def _attributes(inner: Mapping[str, str], found: Iterable[str]) -> dict[str, str]:
    """Layers of a cell as Keras calls them, to the attributes that hold them."""
    attributes: dict[str, list[str]] = {}
    for attribute, made in inner.items():
        attributes.setdefault(_auto_name(made), []).append(attribute)
    names: dict[str, list[tuple[int, str]]] = {}
    for name in found:
        start, _, number = name.rpartition("_")
        kind = start if number.isdecimal() and start in attributes else name
        names.setdefault(kind, []).append((len(name), name))  # by their numbers
    return {
        name: attribute
        for kind, numbered_names in names.items()
        for attribute, (_, name) in zip(
            attributes.get(kind, ()), sorted(numbered_names), strict=False
        )
    }


def _auto_name(made: str) -> str:
    """What Keras calls a layer of a class: `layer_normalization`."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", made.rpartition(".")[2])
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


def _put(
    builder: Builder,
    node: Node,
    array: str,
    variable: Variable,
    weights: dict[str, Weight],
) -> None:
    """One variable: a weight as it is, or those of a cell transposed, side by side."""
    first = weights[variable.weights[0]]
    if not variable.is_cell:
        builder.same(node, variable.weights[0], array, first)
        return
    rows, *width = first.shape
    whole = (*width, rows * len(variable.weights))
    shape = whole
    if variable.path[-1] == "bias" and len(variable.weights) == 6:
        shape = (2, whole[-1] // 2)  # GRU: those with the state are a second row
    builder.array(node, array, *shape)
    order = tuple(reversed(range(len(whole))))
    for number, name in enumerate(variable.weights):
        share = Share(array, whole, len(width), number * rows, rows, order)
        builder.match(name, theirs=(share,))


def _held(model: Model) -> dict[str, list[Variable]]:
    """The variables of each layer, as the program says."""
    writer = Writer(make_plan(model, RESERVED))
    for step in writer.plan.steps:
        find_emit(step.op.name())(step, writer)
    nodes = {
        f"{node.name}.{weight.name}": node.name
        for node in model.nodes
        for weight in node.weights
    }
    found: dict[str, list[Variable]] = {}
    for name, place in writer.layer_weights.items():
        layer, path = _path(place)
        found.setdefault(nodes[name], []).append(Variable(layer, path, (name,)))
    rows = {function.name: tuple(_rows(function)) for function in writer.holders}
    for held in writer.cell_weights:
        for field, names in rows[held.kind.text]:
            layer, path = _path(Attribute(held.cell, field))
            ours = tuple(f"{held.path}.{name}" for name in names)
            variable = Variable(layer, path, ours, is_cell=True)
            found.setdefault(nodes[ours[0]], []).append(variable)
    return found


def _path(place: Expression) -> tuple[str, tuple[str, ...]]:
    """`layer("bi_lstm").forward_layer.cell.kernel`: the layer, and what is below it."""
    path: list[str] = []
    while not isinstance(place, Call):
        if isinstance(place, Index):
            path.append(_text(place.index))
        else:
            assert isinstance(place, Attribute), "attributes of a layer"
            path.append(place.name)
        place = place.value
    ((_, name),) = place.arguments
    first, *rest = reversed(path)
    direction = DIRECTIONS.get(first, ())
    if direction:
        first, *rest = rest
    below = rest if rest and first in HIDDEN else (first, *rest)
    return _text(name), (*direction, *below)


def _text(quoted: Expression) -> str:
    assert isinstance(quoted, Constant), "a string"
    return str(literal_eval(quoted.text))


def _rows(holder: Function) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The variables that a function like `lstm_weights` tells, and what they hold."""
    last = holder.body[-1]
    assert isinstance(last, Return) and isinstance(last.value, Tuple_)
    for row in last.value.items:
        assert isinstance(row, Tuple_)
        field, _, names = row.items
        assert isinstance(field, Atom) and isinstance(names, Tuple_)
        yield field.text.removeprefix("cell."), tuple(map(_text, names.items))
