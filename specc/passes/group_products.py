"""Finds a cell's products that share their operand, so that they become one product."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from specc.ir.graph import Cell, Model, Node, ProductGroup, Ref
from specc.ops.parameter import Parameter
from specc.ops.product import Product
from specc.ops.recurrent import Recurrent

SUMS = "z", "a", "u", "sum"


def group_products(model: Model) -> Model:
    """Note on every cell which products `W_i @ x, W_f @ x, ...` are one product."""
    grouped: dict[int, Cell] = {}
    nodes = [_with_groups(node, grouped) for node in model.nodes]
    return replace(model, nodes=tuple(nodes))


def _with_groups(node: Node, grouped: dict[int, Cell]) -> Node:
    if not isinstance(node.op, Recurrent):
        return node
    cell = node.op.cell
    if id(cell) not in grouped:
        grouped[id(cell)] = replace(cell, groups=find_groups(cell))
    op = replace(node.op, cell=grouped[id(cell)])
    return replace(node, op=op)


def find_groups(cell: Cell) -> tuple[ProductGroup, ...]:
    """Groups of two products or more of a matrix of weights with the same operand."""
    products: dict[Ref, list[int]] = {}
    for number, node in enumerate(cell.nodes):
        if isinstance(node.op, Product) and _is_matrix(cell, node.inputs[0]):
            products.setdefault(node.inputs[1], []).append(number)
    return tuple(
        ProductGroup(name=_name(cell, group), operand=operand, products=tuple(group))
        for operand, group in products.items()
        if len(group) > 1
    )


def _is_matrix(cell: Cell, ref: Ref) -> bool:
    node = cell.nodes[ref.node]
    return isinstance(node.op, Parameter) and node.type.rank == 2


def _name(cell: Cell, group: list[int]) -> str:
    """What the weights' names start with: `W` for `W_i, W_f`."""
    names = [cell.nodes[cell.nodes[number].inputs[0].node].name for number in group]
    return joint_name(names)


def sum_name(cell: Cell) -> str:
    """What a sum of products side by side is called: `z`, if the cell has none."""
    used = {one for node in cell.nodes for one in (node.name, node.local)}
    return next((name for name in SUMS if name not in used), SUMS[-1])


def joint_name(names: Sequence[str]) -> str:
    """What all names begin with, or the first of them: `W` for `W_i, W_f`."""
    return common_start(names).rstrip("_") or names[0]


def common_start(names: Sequence[str]) -> str:
    """The letters that all names begin with."""
    first, last = min(names), max(names)
    length = 0
    while length < len(first) and first[: length + 1] == last[: length + 1]:
        length += 1
    return first[:length]
