"""Which parts of a cell's equations get statements, and until when states are read."""

from __future__ import annotations

from collections.abc import Sequence

from specc.codegen.cell_layers import is_layer
from specc.ir.graph import Cell
from specc.ops.input import Input
from specc.ops.number import Number
from specc.ops.state import State

LARGEST = 30
"""How many operations and operands one expression may have."""


class Flow:
    """What printing a cell needs to know of it.

    `stored` are the nodes whose values get variables; the others are written out where
    they are used. `batched`: whether a value differs from row to row; one that does not
    depends on weights alone. `stepwise`: whether it differs from step to step.
    `last_read`: for each state, the node whose statement is the last to read it as it
    was before the step.
    """

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.group_of = {n: group for group in cell.groups for n in group.products}
        self.results = {state.after.node for state in cell.states} | {cell.output.node}
        seen = {
            ref.node for one in cell.outside for ref in (one.value, one.mask) if ref
        }
        leaves = [isinstance(node.op, Input | State) for node in cell.nodes]
        self.batched = _reached(cell, leaves)
        own = [leaf and number not in seen for number, leaf in enumerate(leaves)]
        self.stepwise = _reached(cell, own)
        self.stored = self._find_stored()
        self.last_read = self._find_last_reads()

    def _find_stored(self) -> set[int]:
        uses, varying = _uses(self.cell, self.stepwise)
        fed = {
            ref.node
            for node in self.cell.nodes
            if is_layer(node)
            for ref in node.inputs
            if not isinstance(self.cell.nodes[ref.node].op, Number)
        }
        stored: set[int] = set()
        sizes: list[int] = []
        for number, node in enumerate(self.cell.nodes):
            inputs = [ref.node for ref in node.inputs]
            size = 1 + sum(sizes[n] for n in inputs if n not in stored)
            sizes.append(size)
            if not inputs or number in self.group_of:
                sizes[-1] = 1
                continue
            leaves_loop = not self.stepwise[number] and number in varying
            wanted = node.local or number in self.results or uses[number] > 1
            wanted = wanted or is_layer(node) or number in fed
            if wanted or leaves_loop or size > LARGEST:
                stored.add(number)
        return stored

    def _find_last_reads(self) -> list[int]:
        """For each state, the number of the last statement that reads it as it was.

        A statement stands where its node does; a group's, at its first product.
        """
        places = {s.before.node: place for place, s in enumerate(self.cell.states)}
        reads: list[set[int]] = []
        last = [-1] * len(self.cell.states)
        for number, node in enumerate(self.cell.nodes):
            own = {places[number]} if number in places else set()
            inputs = [ref.node for ref in node.inputs if ref.node not in self.stored]
            if number in self.group_of:
                group = self.group_of[number]
                inputs = [n for n in inputs if n == group.operand.node]
            read = own.union(*(reads[n] for n in inputs))
            if number in self.stored or number in self.group_of:
                for place in read:
                    last[place] = max(last[place], number)
            reads.append(set() if number in self.group_of else read)
        for number in self.results - self.stored:
            for place in reads[number]:
                last[place] = len(self.cell.nodes)
        return last


def _reached(cell: Cell, leaves: Sequence[bool]) -> list[bool]:
    """Which values depend on any of the leaves."""
    found: list[bool] = []
    for node, leaf in zip(cell.nodes, leaves, strict=True):
        found.append(leaf or any(found[ref.node] for ref in node.inputs))
    return found


def _uses(cell: Cell, stepwise: Sequence[bool]) -> tuple[list[int], set[int]]:
    """How often each value is used, and which serve a value of each step."""
    uses = [0] * len(cell.nodes)
    varying: set[int] = set()
    for number, node in enumerate(cell.nodes):
        for ref in node.inputs:
            uses[ref.node] += 1
            if stepwise[number]:
                varying.add(ref.node)
    return uses, varying
