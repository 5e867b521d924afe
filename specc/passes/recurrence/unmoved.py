"""Products that read weights where they are: [out, in], as the checkpoint has them.

For few rows a product costs what reading its weights costs, and so does moving them.
"""

from __future__ import annotations

from msgspec.structs import replace

from specc.ir.graph import Cell, Node
from specc.ops.input import Input
from specc.passes.recurrence.ops import Contraction, Turned


def part_inputs(cell: Cell) -> Cell:
    """The cell with every product of its input by itself, none side by side."""
    nodes, groups = list(cell.nodes), []
    for group in cell.groups:
        operand = nodes[group.operand.node]
        if not isinstance(operand.op, Input):
            groups.append(group)
            continue
        for number in group.products:
            product = nodes[number]
            matrix = nodes[product.inputs[0].node].name
            local = product.local or f"{matrix}_{operand.local or operand.name}"
            nodes[number] = replace(product, values=(local,))
    return replace(cell, nodes=tuple(nodes), groups=tuple(groups))


def unturn(cell: Cell) -> Cell:
    """A regrouped cell whose products read matrices as [out, in]."""
    nodes = tuple(_unturned(node, cell.nodes) for node in cell.nodes)
    return replace(cell, nodes=nodes)


def _unturned(node: Node, nodes: tuple[Node, ...]) -> Node:
    if not isinstance(node.op, Contraction):
        return node
    terms, result = node.op.axes.split("->")
    inputs, axes = [], []
    for ref, term in zip(node.inputs, terms.split(","), strict=True):
        turned = isinstance(nodes[ref.node].op, Turned)
        inputs.append(nodes[ref.node].inputs[0] if turned else ref)
        axes.append(term[::-1] if turned else term)
    op = replace(node.op, axes=f"{','.join(axes)}->{result}")
    return replace(node, op=op, inputs=tuple(inputs))
