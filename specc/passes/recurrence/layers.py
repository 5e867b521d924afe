"""Layers inside a cell, as the operations they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specc.ir.graph import Node
from specc.ops.attend import Attend
from specc.ops.dense import Dense
from specc.ops.layernorm import Layernorm
from specc.ops.outer import Outer
from specc.ops.softmax import Softmax
from specc.passes.recurrence.growing import Growing
from specc.passes.recurrence.ops import Contraction, Summed


def opens(node: Node, rank: int) -> bool:
    """Whether a layer is made of operations; `rank` is that of its first input."""
    match node.op:
        case Dense(activation="log_softmax"):
            return False
        case Dense() | Layernorm():
            return rank == 1
        case Outer():
            return node.type.rank == 2
        case Attend():
            return rank == 1
    return False


def open_layer(
    growing: Growing, node: Node, inputs: Sequence[int], weights: Mapping[str, int]
) -> int:
    """What a layer computes; its weights by their names in the layer."""
    match node.op:
        case Dense():
            return _dense(growing, node, inputs[0], weights)
        case Layernorm():
            return _layernorm(growing, node, inputs[0], weights)
        case Outer():
            outer = Contraction("i,j->ij")
            return growing.add(outer, *inputs, local=node.local)
    raise AssertionError(f"{node.op.name()} is made of no operations")


def _dense(growing: Growing, node: Node, x: int, weights: Mapping[str, int]) -> int:
    """act(x W + b)."""
    assert isinstance(node.op, Dense)
    y = growing.add(Contraction("i,io->o"), x, weights["W"])
    if "b" in weights:
        y = growing.arithmetic("+", y, weights["b"])
    activation = node.op.activation
    assert activation != "log_softmax", "asked for by `opens`"
    if activation == "softmax":
        y = growing.add(Softmax(), y)
    elif activation != "linear":
        y = growing.function(activation, y)
    growing.label(y, node.local)
    return y


def _layernorm(growing: Growing, node: Node, x: int, weights: Mapping[str, int]) -> int:
    """gamma (x - mean) / sqrt(variance + epsilon) + beta."""
    assert isinstance(node.op, Layernorm)
    do = growing.arithmetic
    size = growing.number(float(node.type.last.at({})))
    rest = do("-", x, do("/", growing.add(Summed(rank=0), x), size))
    variance = do("/", growing.add(Contraction("i,i->"), rest, rest), size)
    safe = do("+", variance, growing.number(node.op.epsilon))
    scaled = do("/", rest, growing.function("sqrt", safe))
    y = do("*", weights["gamma"], scaled)
    if "beta" in weights:
        y = do("+", y, weights["beta"])
    growing.label(y, node.local)
    return y
