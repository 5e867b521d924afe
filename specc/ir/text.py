"""The IR as text for people and as plain data for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import asdict, fields

from specc.diagnostics.visible import visible
from specc.ir.causality import causal_axes
from specc.ir.formula import Formula
from specc.ir.graph import Cell, Graph, Model, Node, Ref
from specc.ir.op import Op
from specc.ir.schedule import PORTABLE
from specc.ir.size import Size
from specc.ir.types import Frozen, Type
from specc.ir.weights import Weight

COMMENT_COLUMN = 88
"""Where the place in the spec stands at the latest, unless the line is longer."""
SCHEDULE = "schedule"
"""The field of a recurrence that has a line of its own."""

Equations = Callable[[Cell], Sequence[str]]


def model_text(model: Model, equations: Equations) -> str:
    """A line per node, then the weights, then the cells with their equations.

    `%3 bi_lstm = recurrent(cell = lstm_1, direction = both) (%2) mask %1 : float[64]`:
    number and name of the node, the op with the options that are not as by default, its
    inputs, the masks it reads, the types of its results. `equations` prints a cell's.
    """
    cells = _cells(model)
    inputs = ", ".join(f"{model.nodes[r.node].name} {_ref(r)}" for r in model.inputs)
    names = zip(model.output_names, model.outputs, strict=True)
    outputs = ", ".join(f"{name} {_ref(output.ref)}" for name, output in names)
    place = f"{model.source}:{model.span.line}"
    lines = [
        f"model {model.name}({inputs}) -> {outputs}  # {visible(place)}",
        f"  sha256 {model.sha256}",
        *(f"  {line}" for line in _causal_lines(model)),
        *(f"  {line}" for line in _node_lines(model, cells)),
    ]
    weights = list(map(_weight_text, _weights(model)))
    if weights:
        lines += ["", "weights", *(f"  {line}" for line in weights)]
    for name, cell in zip(cells.values(), _each_cell(model), strict=True):
        lines += ["", *_cell_lines(name, cell, equations)]
    return "\n".join(lines)


def _causal_lines(model: Model) -> Iterator[str]:
    """Along which axes each output sees no input after its own step."""
    for one in causal_axes(model):
        yield f"{one.output} is {'' if one.causal else 'not '}causal in {one.axis}"


def models_json(models: Sequence[Model]) -> str:
    """`{"schema": 1, "models": [...]}`, everything there is, in ASCII."""
    data = {"schema": 1, "models": [_model_data(model) for model in models]}
    return json.dumps(data, indent=2)


def _each_cell(model: Model) -> list[Cell]:
    """The cells of a model, each once, in the order of their first use."""
    found: dict[int, Cell] = {}
    for node in model.nodes:
        cell = getattr(node.op, "cell", None)
        if isinstance(cell, Cell):
            found.setdefault(id(cell), cell)
    return list(found.values())


def _cells(model: Model) -> dict[int, str]:
    """A name of its own for every cell, by the cell's identity."""
    each = enumerate(_each_cell(model), 1)
    return {id(cell): f"{cell.name}_{number}" for number, cell in each}


def _weights(model: Model) -> Iterator[tuple[str, Weight]]:
    """Every weight with its canonical name, shared ones once."""
    for node in model.nodes:
        if node.owner is None:
            for weight in node.weights:
                yield f"{node.name}.{weight.name}", weight


# Text


def _ref(ref: Ref) -> str:
    return f"%{ref.node}.{ref.output}" if ref.output else f"%{ref.node}"


def _node_lines(graph: Graph, cells: dict[int, str]) -> Iterator[str]:
    bodies = [
        _node_text(number, node, cells) for number, node in enumerate(graph.nodes)
    ]
    width = min(max(map(len, bodies), default=0), COMMENT_COLUMN)
    for node, body in zip(graph.nodes, bodies, strict=True):
        place = f"{node.span.source.name}:{node.span.line}"
        yield f"{body:<{width}}  # {visible(place)}"
        schedule = getattr(node.op, SCHEDULE, PORTABLE)
        if schedule != PORTABLE:
            words = (f"{field} {value}" for field, value in asdict(schedule).items())
            yield f"  {SCHEDULE}: {', '.join(words)}"


def _node_text(number: int, node: Node, cells: dict[int, str]) -> str:
    name = f" {node.name}" if node.name else ""
    text = f"%{number}{name} = {node.op.name()}({_options(node.op, cells)})"
    if node.inputs:
        text += f" ({', '.join(map(_ref, node.inputs))})"
    if any(mask is not None for mask in node.masks):
        masks = ("none" if mask is None else _ref(mask) for mask in node.masks)
        text += f" mask {', '.join(masks)}"
    if node.owner is not None and node.weights:
        text += f" weights of %{node.owner}"
    return f"{text} : {', '.join(_results(node))}"


def _results(node: Node) -> Iterator[str]:
    """The types of the results, each with the name the spec gives it."""
    for output, type in enumerate(node.types):
        name = node.values[output] if output < len(node.values) else ""
        yield f"{type} as {name}" if name else str(type)


def _options(op: Op, cells: dict[int, str]) -> str:
    """The options that are not as by default: `units = 64, frozen`."""
    shown = []
    defaults = {field.name: field.default for field in fields(op)}
    for field in op.options():
        value: object = getattr(op, field)
        if value == defaults[field] or field == SCHEDULE:
            continue
        text = _option(value, cells)
        shown.append(field if value is True else f"{field} = {text}")
    return ", ".join(shown)


def _option(value: object, cells: dict[int, str]) -> str:
    if isinstance(value, Cell):
        return cells[id(value)]
    if isinstance(value, tuple) and value and isinstance(value[0], Frozen):
        return ", ".join(map(str, value))
    return visible(str(value))


def _weight_text(named: tuple[str, Weight]) -> str:
    name, weight = named
    text = f"{name} [{', '.join(map(str, weight.shape))}] {weight.role} "
    file = weight.file
    text += str(weight.initial) if file is None else f"from {json.dumps(file)}"
    text += "" if weight.trainable else " frozen"
    for penalty in ("l1", "l2"):
        decay: float = getattr(weight, penalty)
        text += f" {penalty} {decay}" if decay else ""
    return text


def _cell_lines(name: str, cell: Cell, equations: Equations) -> Iterator[str]:
    yield f"cell {name}"
    yield f"  x : {cell.nodes[0].type}"
    for index, state in enumerate(cell.states):
        yield f"  state {state.name} : {cell.state_type(index)}"
    for outside in cell.outside:
        yield f"  outside {outside.name} : {cell.type_of(outside.value)}"
    for weight in cell.weights:
        yield f"  param {weight.name} [{', '.join(map(str, weight.shape))}]"
    yield from (f"  {line}" for line in equations(cell))
    for group in cell.groups:
        matrices = (
            cell.nodes[cell.nodes[number].inputs[0].node].name
            for number in group.products
        )
        operand = _value_name(cell.nodes[group.operand.node])
        yield f"  one product with {operand}: {', '.join(matrices)}"


def _value_name(node: Node) -> str:
    """A value in an equation: its name, or how it is written."""
    return node.local or visible(" ".join(node.span.text.split()))


# Data


def _model_data(model: Model) -> dict[str, object]:
    numbers = {id(cell): number for number, cell in enumerate(_each_cell(model))}
    return {
        "name": model.name,
        "source": model.source,
        "sha256": model.sha256,
        "settings": dict(model.settings),
        "target": model.target.name,
        "inputs": list(map(_ref_data, model.inputs)),
        "outputs": [
            {"name": name, "ref": _ref_data(output.ref)}
            for name, output in zip(model.output_names, model.outputs, strict=True)
        ],
        "causal": [
            {"output": one.output, "axis": str(one.axis), "causal": one.causal}
            for one in causal_axes(model)
        ],
        "masks": [
            {"value": _ref_data(value), "mask": _ref_data(mask)}
            for value, mask in model.mask_of
        ],
        "nodes": _nodes_data(model, numbers),
        "cells": [_cell_data(cell, numbers) for cell in _each_cell(model)],
    }


def _cell_data(cell: Cell, numbers: dict[int, int]) -> dict[str, object]:
    return {
        "name": cell.name,
        "weights": list(map(_weight_data, cell.weights)),
        "states": [
            {
                "name": state.name,
                "before": _ref_data(state.before),
                "after": _ref_data(state.after),
            }
            for state in cell.states
        ],
        "output": _ref_data(cell.output),
        "outside": [
            {
                "name": outside.name,
                "value": _ref_data(outside.value),
                "mask": None if outside.mask is None else _ref_data(outside.mask),
            }
            for outside in cell.outside
        ],
        "groups": [
            {
                "name": group.name,
                "operand": _ref_data(group.operand),
                "products": list(group.products),
            }
            for group in cell.groups
        ],
        "nodes": _nodes_data(cell, numbers),
    }


def _nodes_data(graph: Graph, numbers: dict[int, int]) -> list[dict[str, object]]:
    return [
        {
            "number": number,
            "name": node.name,
            "op": node.op.name(),
            "options": _options_data(node.op, numbers),
            "inputs": list(map(_ref_data, node.inputs)),
            "masks": [None if mask is None else _ref_data(mask) for mask in node.masks],
            "types": list(map(_type_data, node.types)),
            "values": list(node.values),
            "weights": list(map(_weight_data, node.weights)),
            "owner": node.owner,
            "file": node.span.source.name,
            "line": node.span.line,
            "column": node.span.column,
        }
        for number, node in enumerate(graph.nodes)
    ]


def _options_data(op: Op, numbers: dict[int, int]) -> dict[str, object]:
    values = {field: getattr(op, field) for field in op.options()}
    return {field: _option_data(value, numbers) for field, value in values.items()}


def _option_data(value: object, numbers: dict[int, int]) -> object:
    """A cell is its place in the model's cells; a type, size or formula its text."""
    if isinstance(value, Cell):
        return numbers[id(value)]
    if isinstance(value, tuple):
        return [asdict(one) if isinstance(one, Frozen) else one for one in value]
    kinds = Formula | Size | Type
    if isinstance(value, Frozen) and not isinstance(value, kinds):
        return asdict(value)
    return str(value) if isinstance(value, kinds) else value


def _ref_data(ref: Ref) -> list[int]:
    return [ref.node, ref.output]


def _type_data(type: Type) -> dict[str, object]:
    return {
        "text": str(type),
        "dtype": type.dtype,
        "axes": [{"size": str(a.size), "ragged": a.ragged} for a in type.axes],
        "bound": type.bound,
        "pad": type.pad,
        "unbatched": type.unbatched,
    }


def _weight_data(weight: Weight) -> dict[str, object]:
    return {**asdict(weight), "initial": str(weight.initial)}
