"""What is done alike to every part of a product is done to the whole of it.

    W_i_x + U_i_h + b_i, W_f_x + U_f_h + b_f, ...

are parts of `W_x + U_h + b`: fewer and wider steps, and one gradient of all biases.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from specc.ir.graph import Cell, Node, Ref, readers_of
from specc.ir.types import Frozen
from specc.ops.arithmetic import Arithmetic, Operator
from specc.ops.parameter import Parameter
from specc.ops.section import Section
from specc.passes.group_products import common_start, joint_name, sum_name
from specc.passes.recurrence.growing import Growing, rebuilt
from specc.passes.recurrence.ops import Contraction, Rows


class _Family(Frozen):
    """What is done to the sections of a whole, in their order.

    `others`: what each meets on the other side: sections of another whole, which is
    `other`, or vectors of weights, where that is None.
    """

    operator: Operator
    members: tuple[int, ...]
    whole: int
    other: int | None
    others: tuple[int, ...]
    swapped: bool


def join_parts(cell: Cell) -> Cell:
    """The same regrouped cell, with such sums over wholes."""
    name = sum_name(cell)
    while True:
        family = _find(cell)
        if family is None:
            return cell
        cell = _Joining(cell, family, name).run()


def _find(cell: Cell) -> _Family | None:
    sections = _sections(cell.nodes)
    readers = readers_of(cell.nodes)
    carried = {state.after.node for state in cell.states} | {cell.output.node}
    for whole, parts in sections.items():
        members = [readers[part] for part in parts]
        if carried.intersection(parts) or any(len(one) != 1 for one in members):
            continue
        found = _family(cell.nodes, whole, [one for (one,) in members], sections)
        if found is None or carried.intersection(found.others):
            continue
        if all(len(readers[other]) == 1 for other in found.others):
            return found
    return None


def _sections(nodes: Sequence[Node]) -> dict[int, list[int]]:
    """The parts of every vector that is taken apart without a gap, in their order."""
    found: dict[int, list[int]] = {}
    for number, node in enumerate(nodes):
        if isinstance(node.op, Section):
            found.setdefault(node.inputs[0].node, []).append(number)
    whole: dict[int, list[int]] = {}
    for number, parts in found.items():
        parts.sort(key=lambda part: _section(nodes[part]).start)
        ends = [0, *(_section(nodes[part]).stop for part in parts)]
        starts = [_section(nodes[part]).start for part in parts]
        sizes = [_section(nodes[part]).size for part in parts]
        size = nodes[number].type.last.at({})
        if len(parts) > 1 and None not in sizes and [*starts, size] == ends:
            whole[number] = parts
    return whole


def _section(node: Node) -> Section:
    assert isinstance(node.op, Section)
    return node.op


def _family(
    nodes: Sequence[Node],
    whole: int,
    members: list[int],
    sections: dict[int, list[int]],
) -> _Family | None:
    """What is done to the parts of a whole, if it is the same to all."""
    first = nodes[members[0]]
    if not isinstance(first.op, Arithmetic) or len(set(members)) < len(members):
        return None
    parts = sections[whole]
    swapped = first.inputs[0].node != parts[0]
    others = []
    for member, part in zip(members, parts, strict=True):
        node = nodes[member]
        if node.op != first.op or node.type != nodes[part].type:
            return None
        own, other = node.inputs[::-1] if swapped else node.inputs
        if own.node != part or nodes[other.node].type.axes != nodes[part].type.axes:
            return None
        others.append(other.node)
    if len(set(others)) < len(others):
        return None
    where = {nodes[other].inputs[0].node for other in others if nodes[other].inputs}
    together = None
    if not all(isinstance(nodes[other].op, Parameter) for other in others):
        together = where.pop() if len(where) == 1 else None
        if together is None or sections.get(together) != others:
            return None
    return _Family(
        operator=first.op.operator,
        members=tuple(members),
        whole=whole,
        other=together,
        others=tuple(others),
        swapped=swapped,
    )


class _Joining:
    """The cell with one family joined."""

    def __init__(self, cell: Cell, family: _Family, name: str) -> None:
        self.cell, self.family, self.name = cell, family, name
        self.growing = Growing(cell.nodes[0].span)
        self.at: dict[int, int] = {}
        gone = {*family.others, *self._parts()}
        self.left_out = {n for n in gone if not isinstance(cell.nodes[n].op, Parameter)}

    def run(self) -> Cell:
        for number in range(len(self.cell.nodes)):
            if number not in self.left_out:
                self._place(number)
        return rebuilt(self.cell, self.growing, self.at)

    def _is_made(self, node: Node) -> bool:
        """Whether a name is none that the spec has given."""
        return isinstance(node.op, Contraction) or node.local == self.name

    def _parts(self) -> list[int]:
        return _sections(self.cell.nodes)[self.family.whole]

    def _place(self, number: int) -> int:
        """Where a node stands now; what it reads is put before it."""
        if number in self.at:
            return self.at[number]
        if number in self.family.members:
            self._join()
            return self.at[number]
        node = self.cell.nodes[number]
        inputs = tuple(Ref(self._place(ref.node), ref.output) for ref in node.inputs)
        node = replace(node, inputs=inputs)
        if number in (self.family.whole, self.family.other) and self._is_made(node):
            node = replace(node, values=())  # only the sum reads it
        self.growing.nodes.append(node)
        self.at[number] = len(self.growing.nodes) - 1
        return self.at[number]

    def _join(self) -> None:
        family, nodes = self.family, self.cell.nodes
        parts = self._parts()
        ends = _endings([nodes[n].name or nodes[n].local for n in family.others])
        sides = [self._place(family.whole), self._other()]
        names = [nodes[member].local for member in family.members]
        left, right = sides[::-1] if family.swapped else sides
        whole = self.growing.arithmetic(family.operator, left, right, self.name)
        for member, part, name, end in zip(
            family.members, parts, names, ends, strict=True
        ):
            local = name or f"{self.name}{end}"
            section = self.growing.add(nodes[part].op, whole, local=local)
            self.at[member] = section

    def _other(self) -> int:
        """The other side as a whole; weights are put one after the other."""
        family, nodes = self.family, self.cell.nodes
        if family.other is not None:
            return self._place(family.other)
        names = [nodes[weight].name for weight in family.others]
        weights = [self._place(weight) for weight in family.others]
        local = joint_name(names)
        return self.growing.add(Rows(), *weights, local=local)


def _endings(names: Sequence[str]) -> list[str]:
    """What tells names apart: `_i` and `_f` of `U_i_h` and `U_f_h`, or of `b_i`."""
    start = len(common_start(names).rstrip("_"))
    end = len(common_start([name[start + 1 :][::-1] for name in names]))
    return [name[start : len(name) - end] for name in names]
