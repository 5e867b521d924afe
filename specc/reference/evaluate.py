"""One graph, node by node: that of a model, or that of a cell at one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from inspect import signature
from typing import TypeAlias

import numpy as np

from specc.ir.graph import Graph, Node, Ref
from specc.ops.number import Number
from specc.reference._result import Result
from specc.reference._steps import Masks
from specc.reference.tape import Dtype, Flags, Ids, Value, constant

Item: TypeAlias = "Value | Ids | Flags"
Results: TypeAlias = tuple[Item, ...]
Layer: TypeAlias = Callable[..., "Item | Results"]


def evaluate(
    graph: Graph,
    given: Mapping[int, Item],
    weights: Mapping[str, Value],
    dtype: Dtype,
) -> list[Results]:
    """The results of every node.

    `given` holds the values of the nodes that compute nothing: inputs, states and
    parameters. Weights have canonical names. Every value has a batch axis first, of
    length 1 where it is the same for the whole batch.
    """
    values: list[Results] = []
    for number, node in enumerate(graph.nodes):
        if number in given:
            values.append((given[number],))
        elif isinstance(node.op, Number):
            values.append((constant([node.op.value], dtype),))
        else:
            values.append(apply_node(node, values, weights, dtype))
    return values


def apply_node(
    node: Node,
    values: Sequence[Results],
    weights: Mapping[str, Value],
    dtype: Dtype,
) -> Results:
    """The results of a node whose inputs are known."""
    inputs = [values[ref.node][ref.output] for ref in node.inputs]
    own = {w.name: weights[f"{node.name}.{w.name}"] for w in node.weights}
    layer = find_layer(node.op.name())
    known = {"result": Result(node.type, dtype)} if _asks_result(layer) else {}
    results = layer(node.op, own, _masks(node, values), *inputs, **known)
    return results if isinstance(results, tuple) else (results,)


def _masks(node: Node, values: Sequence[Results]) -> Masks:
    """The masks of a node's inputs: [B, T], or None where an input has none."""
    if not node.masks:
        return tuple(None for _ in node.inputs)
    return tuple(ref and flags_at(values, ref) for ref in node.masks)


@cache
def find_layer(name: str) -> Layer:
    """The function of the op of that name, in the file of that name."""
    found: Layer = getattr(import_module(f"specc.reference.{name}"), name)
    return found


@cache
def _asks_result(layer: Layer) -> bool:
    return "result" in signature(layer).parameters


def number_at(values: Sequence[Results], ref: Ref) -> Value:
    """The value of a ref to numbers."""
    found = values[ref.node][ref.output]
    assert isinstance(found, Value), f"node {ref.node} gives no numbers"
    return found


def flags_at(values: Sequence[Results], ref: Ref) -> Flags:
    """The value of a ref to a mask."""
    found = values[ref.node][ref.output]
    assert not isinstance(found, Value), "a mask is flags"
    return np.asarray(found, bool)
