"""Which parts of a cell's equations get statements, and until when states are read."""

from __future__ import annotations

from collections.abc import Sequence

from specc.codegen.cell_layers import is_layer
from specc.codegen.gate_sums import find_sums
from specc.ir.graph import Cell, readers_of
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
    `group_of` and `sum_of` are what products and sums are made in with others; `joined`
    are the nodes inside of sums, which have no text, `together` all of these.
    `last_read`: for each state, the node whose statement is the last to read it as it
    was before the step.
    """

    def __init__(self, cell: Cell, *, sums_of_weights: bool) -> None:
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
        self.readers = readers_of(cell.nodes)
        sums = find_sums(cell, self.readers, self.stepwise, of_weights=sums_of_weights)
        self.sum_of = {n: one for one in sums for n in one.members}
        self.joined = {n for one in sums for n in one.inner}
        self.together = self.group_of.keys() | self.sum_of.keys() | self.joined
        self.stored = self._find_stored()
        self.last_read = self._find_last_reads()

    def sole_reader(self, number: int) -> int | None:
        """The node that reads a value, if there is one only."""
        readers = self.readers[number]
        return readers[0] if len(readers) == 1 else None

    def _find_stored(self) -> set[int]:
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
            if not inputs or number in self.together:
                sizes[-1] = 1
                continue
            readers = self.readers[number]
            varies = any(self.stepwise[reader] for reader in readers)
            leaves_loop = varies and not self.stepwise[number]
            wanted = node.local or number in self.results or len(readers) > 1
            wanted = wanted or is_layer(node) or number in fed
            if wanted or leaves_loop or size > LARGEST:
                stored.add(number)
        return stored

    def _read_together(self, number: int) -> list[int] | None:
        """What is read here to make several values; None where one has its own."""
        if number not in self.together:
            return None
        if number in self.sum_of and number == self.sum_of[number].members[0]:
            return [group.operand.node for group in self.sum_of[number].groups]
        if number in self.sum_of or number in self.joined:
            return []
        return [self.group_of[number].operand.node]

    def _find_last_reads(self) -> list[int]:
        """For each state, the number of the last statement that reads it as it was.

        A statement stands where its node does.
        """
        places = {s.before.node: place for place, s in enumerate(self.cell.states)}
        reads: list[set[int]] = []
        last = [-1] * len(self.cell.states)
        for number, node in enumerate(self.cell.nodes):
            own = {places[number]} if number in places else set()
            together = self._read_together(number)
            inputs = [ref.node for ref in node.inputs] if together is None else together
            read = own.union(*(reads[n] for n in inputs if n not in self.stored))
            if number in self.stored or together is not None:
                for place in read:
                    last[place] = max(last[place], number)
            reads.append(read if together is None else set())
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
