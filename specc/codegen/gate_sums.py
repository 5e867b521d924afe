"""Sums that are alike in every gate: one sum, of products side by side.

W_i @ x + U_i @ h + b_i, W_f @ x + U_f @ h + b_f, ... are parts of x @ W + h @ U + b.
"""

from __future__ import annotations

from collections.abc import Sequence

from specc.codegen.cell_layers import is_layer
from specc.ir.graph import Cell, ProductGroup
from specc.ir.types import Frozen
from specc.ops.arithmetic import Arithmetic
from specc.ops.parameter import Parameter
from specc.passes.group_products import joint_name


class Vectors(Frozen):
    """Vectors of weights, one for each gate, side by side."""

    name: str
    weights: tuple[str, ...]


class GateSum(Frozen):
    """One sum that is split into those of the gates, the nodes `members`.

    `inner`: the nodes that it stands for and that nothing else reads.
    """

    terms: tuple[ProductGroup | Vectors, ...]
    members: tuple[int, ...]
    inner: frozenset[int]

    @property
    def groups(self) -> tuple[ProductGroup, ...]:
        return tuple(term for term in self.terms if isinstance(term, ProductGroup))


def find_sums(
    cell: Cell,
    readers: Sequence[Sequence[int]],
    stepwise: Sequence[bool],
    *,
    of_weights: bool,
) -> tuple[GateSum, ...]:
    """The sums of products of one step.

    `readers`: the nodes that read each. `stepwise`: whether it differs from step to
    step. `of_weights`: whether vectors of weights may stand side by side, too.
    """
    finder = _Finder(cell, readers, stepwise, of_weights)
    found: list[GateSum] = []
    for group in cell.groups:
        if not any(group.products[0] in one.inner for one in found):
            found += finder.grown(group)
    return tuple(found)


class _Finder:
    def __init__(
        self,
        cell: Cell,
        readers: Sequence[Sequence[int]],
        stepwise: Sequence[bool],
        of_weights: bool,
    ) -> None:
        self.nodes, self.readers, self.of_weights = cell.nodes, readers, of_weights
        self.groups = {
            group.products: group
            for group in cell.groups
            if stepwise[group.operand.node]
        }
        self.results = {state.after.node for state in cell.states} | {cell.output.node}

    def grown(self, group: ProductGroup) -> list[GateSum]:
        """The longest sum that begins with a group, if there is one.

        A layer reads what it normalises several times, and XLA may compute the sum of
        all gates again each time: gates that a layer reads keep sums of their own.
        """
        if group.products not in self.groups:
            return []
        terms: tuple[ProductGroup | Vectors, ...] = (group,)
        members, inner = group.products, set[int]()
        while sums := self._sums(members):
            swapped = self.nodes[sums[0]].inputs[0].node != members[0]
            others = self._others(members, sums, swapped)
            term = self._term(others)
            if term is None:
                break
            inner.update(members, others if isinstance(term, ProductGroup) else ())
            terms = (term, *terms) if swapped else (*terms, term)
            members = sums
        read = [reader for member in members for reader in self.readers[member]]
        if len(terms) == 1 or any(is_layer(self.nodes[reader]) for reader in read):
            return []
        return [GateSum(terms=terms, members=members, inner=frozenset(inner))]

    def _sums(self, members: Sequence[int]) -> tuple[int, ...]:
        """The additions that read these values, and nothing else does."""
        if not self._read_once(members):
            return ()
        sums = tuple(self.readers[member][0] for member in members)
        additions = all(
            isinstance(op := self.nodes[number].op, Arithmetic) and op.operator == "+"
            for number in sums
        )
        return sums if additions and len(set(sums)) == len(sums) else ()

    def _others(
        self, members: Sequence[int], sums: Sequence[int], swapped: bool
    ) -> tuple[int, ...]:
        """What is added, of the same shape and on the same side; or nothing."""
        others: list[int] = []
        for member, number in zip(members, sums, strict=True):
            pair = [ref.node for ref in self.nodes[number].inputs]
            own, other = pair[::-1] if swapped else pair
            axes = {self.nodes[one].type.axes for one in (member, number, other)}
            if own != member or len(axes) > 1:
                return ()
            others.append(other)
        return tuple(others)

    def _term(self, others: tuple[int, ...]) -> ProductGroup | Vectors | None:
        if others in self.groups:
            return self.groups[others] if self._read_once(others) else None
        nodes = [self.nodes[other] for other in others]
        weights = bool(nodes) and all(isinstance(n.op, Parameter) for n in nodes)
        if not weights or not self.of_weights or len(set(others)) < len(others):
            return None
        names = tuple(node.name for node in nodes)
        return Vectors(name=joint_name(names), weights=names)

    def _read_once(self, numbers: Sequence[int]) -> bool:
        return self.results.isdisjoint(numbers) and all(
            len(self.readers[number]) == 1 for number in numbers
        )
