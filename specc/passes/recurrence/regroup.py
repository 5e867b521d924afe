"""A cell in the form its loop is printed from: grouped products are one product.

Matrices stand as [in, out], so that a product reads `x @ W`.
"""

from __future__ import annotations

from msgspec.structs import replace

from specc.ir.graph import Cell, Node, ProductGroup
from specc.ir.types import Type, features
from specc.ops.attend import Attend
from specc.ops.input import Input
from specc.ops.kept import Kept
from specc.ops.parameter import Parameter
from specc.ops.product import Product
from specc.ops.section import Section
from specc.ops.state import State
from specc.passes.recurrence.attention import open_attention
from specc.passes.recurrence.growing import Growing, rebuilt
from specc.passes.recurrence.layers import open_layer, opens
from specc.passes.recurrence.ops import Contraction, Keep, Rows, Turned
from specc.passes.recurrence.reach import needed, reached

LEFT, RIGHT, SUMMED = "jkl", "mno", "i"


def regroup(cell: Cell) -> Cell:
    """The same cell with `Contraction`s for products."""
    return _Regrouping(cell).run()


class _Regrouping:
    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.growing = Growing(cell.nodes[0].span)
        self.at: dict[int, int] = {}
        self.layer_weights: dict[str, int] = {}
        groups = (part for group in cell.groups for part in _split(cell, group))
        self.group_of = {n: group for group in groups for n in group.products}
        self.batched = reached(
            cell.nodes, [isinstance(node.op, Input | State) for node in cell.nodes]
        )
        outside = {one.value.node for one in cell.outside}
        moving = [
            isinstance(node.op, Input | State) and number not in outside
            for number, node in enumerate(cell.nodes)
        ]
        self.changing = reached(cell.nodes, moving)

    def run(self) -> Cell:
        self._at(0)
        self.keep = self._add_keeps()
        for number in range(len(self.cell.nodes)):
            if number not in self.at:
                self.at[number] = self._copied(number)
        return rebuilt(self.cell, self.growing, self.at)

    def _add_keeps(self) -> dict[str, int]:
        """What is kept of each state that is dropped from, in the states' order."""
        kept = {node.op.state for node in self.cell.nodes if isinstance(node.op, Kept)}
        found: dict[str, int] = {}
        for place, state in enumerate(self.cell.states):
            if state.name in kept:
                op = Keep(type=self.cell.state_type(place))
                found[state.name] = self.growing.add(op, name=f"keep_{state.name}")
        return found

    def _copied(self, number: int) -> int:
        node = self.cell.nodes[number]
        if number in self.group_of:
            self._place_group(self.group_of[number])
            return self.at[number]
        if isinstance(node.op, Product):
            a, b = (ref.node for ref in node.inputs)
            sides = not self.batched[a], not self.batched[b]
            return self._product(self._at(a), self._at(b), sides, node.local)
        inputs = [self._at(ref.node) for ref in node.inputs]
        if isinstance(node.op, Attend):
            masks = [ref and self._at(ref.node) for ref in node.masks]
            masks = masks or [None] * len(inputs)
            changing = any(self.changing[ref.node] for ref in node.inputs[1:])
            weights = self._layer_weights(node)
            return open_attention(self.growing, node, inputs, masks, weights, changing)
        if opens(node, self.growing.type(inputs[0]).rank if inputs else 0):
            return open_layer(self.growing, node, inputs, self._layer_weights(node))
        if isinstance(node.op, Kept):
            keep = self.keep[node.op.state]
            return self.growing.arithmetic("*", inputs[0], keep, node.local)
        return self.growing.add(node.op, *inputs, name=node.name, local=node.local)

    def _layer_weights(self, node: Node) -> dict[str, int]:
        """The weights of a layer, by their names in it; layers may share them."""
        for weight in node.weights:
            name = f"{node.name}.{weight.name}"
            if name not in self.layer_weights:
                type = Type(dtype="float", axes=tuple(map(features, weight.shape)))
                made = self.growing.add(Parameter(type=type), name=name)
                self.layer_weights[name] = made
        return {
            weight.name: self.layer_weights[f"{node.name}.{weight.name}"]
            for weight in node.weights
        }

    def _at(self, number: int) -> int:
        """Where a node stands now; one that is read early is put there now."""
        if number not in self.at:
            self.at[number] = self._copied(number)
        return self.at[number]

    def _place_group(self, group: ProductGroup) -> None:
        """One product with all matrices of the group, and each one's part of it."""
        matrices = [self.cell.nodes[n].inputs[0].node for n in group.products]
        rows = self.growing.add(
            Rows(), *(self._at(matrix) for matrix in matrices), local=group.name
        )
        operand = self._at(group.operand.node)
        by = self.cell.nodes[group.operand.node].local
        sides = True, not self.batched[group.operand.node]
        local = f"{group.name}_{by}" if by else ""
        whole = self._product(rows, operand, sides, local)
        start = 0
        for number, matrix in zip(group.products, matrices, strict=True):
            node, weight = self.cell.nodes[number], self.cell.nodes[matrix]
            size = weight.type.axes[0].size.at({})
            local = node.local or f"{weight.name}_{by or 'part'}"
            part = Section(start=start, size=size)
            self.at[number] = self.growing.add(part, whole, local=local)
            start += size

    def _product(self, a: int, b: int, fixed: tuple[bool, bool], local: str) -> int:
        """`a @ b`: a vector first, then a matrix of weights as [in, out].

        fixed: whether each is the same for the whole batch.
        """
        ranks = self.growing.type(a).rank, self.growing.type(b).rank
        left, right = LEFT[: ranks[0] - 1], RIGHT[: ranks[1] - 1]
        first, second = left + SUMMED, right + SUMMED
        if fixed[0] and ranks[0] == 2:
            a, b, first, second = b, self._turned(a), second, SUMMED + left
        elif fixed[1] and ranks[1] == 2:
            b, second = self._turned(b), SUMMED + right
        op = Contraction(f"{first},{second}->{left}{right}")
        return self.growing.add(op, a, b, local=local)

    def _turned(self, matrix: int) -> int:
        local = self.growing.nodes[matrix].local
        return self.growing.add(Turned(), matrix, local=local)


def _split(cell: Cell, group: ProductGroup) -> tuple[ProductGroup, ...]:
    """A group's products that states need, and those that the output alone reads.

    The latter are none of the loop's. One product alone is no group.
    """
    states = needed(cell.nodes, [state.after.node for state in cell.states], ())
    carried = tuple(n for n in group.products if n in states)
    shown = tuple(n for n in group.products if n not in states)
    names = group.name, f"{group.name}_shown" if carried else group.name
    return tuple(
        replace(group, name=name, products=products)
        for name, products in zip(names, (carried, shown), strict=True)
        if len(products) > 1
    )
