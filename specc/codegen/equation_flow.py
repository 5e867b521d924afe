"""Which parts of a cell's equations get statements, and until when states are read."""

from __future__ import annotations

from collections.abc import Sequence

from specc.ir.graph import Cell
from specc.ops.input import Input
from specc.ops.state import State

LARGEST = 30
"""How many operations and operands one expression may have."""


class Flow:
    """What printing a cell needs to know of it.

    `stored` are the nodes whose values get variables; the others are written out where
    they are used. `batched`: whether a value differs from row to row; one that does not
    depends on weights alone. `last_read`: for each state, the node whose statement is
    the last to read it as it was before the step.
    """

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.group_of = {n: group for group in cell.groups for n in group.products}
        self.results = {state.after.node for state in cell.states} | {cell.output.node}
        self.batched = _batched(cell)
        self.stored = self._find_stored()
        self.last_read = self._find_last_reads()

    def _find_stored(self) -> set[int]:
        uses, varying = _uses(self.cell, self.batched)
        stored: set[int] = set()
        sizes: list[int] = []
        for number, node in enumerate(self.cell.nodes):
            inputs = [ref.node for ref in node.inputs]
            size = 1 + sum(sizes[n] for n in inputs if n not in stored)
            sizes.append(size)
            if not inputs or number in self.group_of:
                sizes[-1] = 1
                continue
            leaves_loop = not self.batched[number] and number in varying
            wanted = node.name or number in self.results or uses[number] > 1
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


def _batched(cell: Cell) -> list[bool]:
    """Which values differ from row to row; the others depend on weights alone."""
    found: list[bool] = []
    for node in cell.nodes:
        leaf = isinstance(node.op, Input | State)
        found.append(leaf or any(found[ref.node] for ref in node.inputs))
    return found


def _uses(cell: Cell, batched: Sequence[bool]) -> tuple[list[int], set[int]]:
    """How often each value is used, and which serve a value that is batched."""
    uses = [0] * len(cell.nodes)
    varying: set[int] = set()
    for number, node in enumerate(cell.nodes):
        for ref in node.inputs:
            uses[ref.node] += 1
            if batched[number]:
                varying.add(ref.node)
    return uses, varying
