"""A graph under construction, in which what is computed twice stands once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from specc.ir.graph import Cell, Node, Outside, Ref, State
from specc.ir.op import Op
from specc.ir.types import Type
from specc.ops.arithmetic import Arithmetic, Operator
from specc.ops.function import Elementwise, Function
from specc.ops.number import Number
from specc.text import Span


class Growing:
    """Nodes in order. `span` is the place that new ones are said to come from."""

    def __init__(self, span: Span, nodes: Iterable[Node] = ()) -> None:
        self.span = span
        self.nodes: list[Node] = []
        self._known: dict[tuple[Op, tuple[Ref, ...]], int] = {}
        for node in nodes:
            self._append(node)

    def type(self, number: int) -> Type:
        return self.nodes[number].type

    def add(self, op: Op, *inputs: int, name: str = "", local: str = "") -> int:
        """The number of a node for this operation, which may be there already."""
        refs = tuple(map(Ref, inputs))
        if (op, refs) in self._known and not name:
            return self._known[op, refs]
        type = op.result(*map(self.type, inputs))
        assert isinstance(type, Type), "one result"
        values = (local,) if local else ()
        return self._append(Node(op, refs, (type,), name, self.span, values))

    def arithmetic(self, operator: Operator, a: int, b: int, local: str = "") -> int:
        op = Arithmetic.of(operator, self.type(a), self.type(b))
        return self.add(op, a, b, local=local)

    def function(self, name: Elementwise, x: int, local: str = "") -> int:
        return self.add(Function(function=name), x, local=local)

    def number(self, value: float) -> int:
        return self.add(Number(value=value))

    def sum(self, parts: Iterable[int], local: str = "") -> int:
        """The sum of one value or more; a sum gets the local name."""
        first, *rest = parts
        for place, part in enumerate(rest, 1):
            name = local if place == len(rest) else ""
            first = self.arithmetic("+", first, part, name)
        return first

    def label(self, number: int, local: str) -> None:
        """Give a computed value a name, if it has none."""
        node = self.nodes[number]
        if node.inputs and not node.local:
            self.nodes[number] = replace(node, values=(local,))

    def _append(self, node: Node) -> int:
        self.nodes.append(node)
        number = len(self.nodes) - 1
        self._known.setdefault((node.op, node.inputs), number)
        return number


def rebuilt(cell: Cell, growing: Growing, at: Mapping[int, int]) -> Cell:
    """The cell of new nodes; `at`: where each old node that is read from outside is."""

    def moved(ref: Ref) -> Ref:
        return Ref(at[ref.node], ref.output)

    return replace(
        cell,
        nodes=tuple(growing.nodes),
        states=tuple(
            State(s.name, moved(s.before), moved(s.after)) for s in cell.states
        ),
        output=moved(cell.output),
        outside=tuple(
            Outside(o.name, moved(o.value), o.mask and moved(o.mask))
            for o in cell.outside
        ),
        groups=(),
    )
