"""Layers inside a cell, printed by what prints them in a model."""

from __future__ import annotations

from collections.abc import Sequence

from specc.codegen.names import Names
from specc.codegen.plan import Plan, Step
from specc.ir.graph import Cell, Model, Node
from specc.ir.op import IllTyped
from specc.ir.types import floats
from specc.ops.arithmetic import Arithmetic
from specc.ops.concat import Concat
from specc.ops.function import Function
from specc.ops.input import Input
from specc.ops.kept import Kept
from specc.ops.number import Number
from specc.ops.parameter import Parameter
from specc.ops.product import Product
from specc.ops.section import Section
from specc.ops.softmax import Softmax
from specc.ops.state import State

EQUATIONS = (
    Arithmetic,
    Concat,
    Function,
    Input,
    Kept,
    Number,
    Parameter,
    Product,
    Section,
)


def is_layer(node: Node) -> bool:
    """Whether a node of a cell is a layer and no part of an equation."""
    return not isinstance(node.op, (*EQUATIONS, Softmax, State))


def kept_states(cell: Cell) -> tuple[int, ...]:
    """Which states are dropped from while training, where matrices see them."""
    names = {node.op.state for node in cell.nodes if isinstance(node.op, Kept)}
    return tuple(n for n, state in enumerate(cell.states) if state.name in names)


def layer_step(
    cell: Cell, number: int, variables: Sequence[str], masks: Sequence[str | None]
) -> Step:
    """A layer's step; `variables` are its inputs, then its result."""
    node = cell.nodes[number]
    *inputs, result = variables
    return Step(
        number=number,
        node=node,
        inputs=tuple(inputs),
        input_types=tuple(cell.type_of(ref) for ref in node.inputs),
        masks=tuple(masks),
        results=(result,),
        batch="B",
    )


def cell_plan(cell: Cell, names: Names) -> Plan:
    """A plan that has the cell's nodes, for whoever prints its layers."""
    model = Model(
        name=cell.name,
        nodes=cell.nodes,
        inputs=(),
        outputs=(),
        source="",
        sha256="",
        span=cell.nodes[0].span,
    )
    return Plan(model=model, inputs=(), steps=(), outputs=(), names=names)


def keeps_width(node: Node) -> bool:
    """Whether a layer's result is as wide as its input, whatever that is."""
    if len(node.inputs) != 1 or node.type.rank != 1:
        return False
    widths = (floats(96), floats(160))
    try:
        return all(node.op.result(wide) == wide for wide in widths)
    except IllTyped:  # a layer of sequences, or of one width alone
        return False
