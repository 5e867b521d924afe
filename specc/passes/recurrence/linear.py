"""Whether a cell's states are linear in themselves, and with what coefficients."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from specc.ir.graph import Cell
from specc.ir.types import Frozen
from specc.ops.arithmetic import Arithmetic
from specc.ops.function import Function
from specc.ops.number import Number
from specc.ops.state import State
from specc.passes.recurrence.growing import Growing
from specc.passes.recurrence.reach import needed, reached
from specc.passes.recurrence.regroup import regroup
from specc.passes.recurrence.wholes import join_parts

Change = Callable[[int], int]


class LinearForm(Frozen):
    """s_i' = sum_j a_ij s_j + b_i, element by element; all by number in the graph.

    `decay[i][j]` is a_ij, or None for 0, and `update[i]` is b_i, or None for 0. None of
    them depends on a state.
    """

    graph: Cell
    decay: tuple[tuple[int | None, ...], ...]
    update: tuple[int | None, ...]


class _NotLinear(Exception):
    """A value is not linear in the states."""


class _Term(Frozen):
    """A value as a linear function: a coefficient for each state it depends on."""

    factors: tuple[tuple[int, int], ...]
    rest: int | None


def linear_form(cell: Cell) -> LinearForm | None:
    """The coefficients of a cell's recurrence, if it is linear and diagonal."""
    try:
        return _Linear(join_parts(regroup(cell))).run()
    except _NotLinear:
        return None


class _Linear:
    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.growing = Growing(cell.nodes[0].span, cell.nodes)
        self.place = {s.before.node: n for n, s in enumerate(cell.states)}
        self.moving = reached(
            cell.nodes, [isinstance(node.op, State) for node in cell.nodes]
        )
        self.terms: dict[int, _Term] = {}

    def run(self) -> LinearForm:
        after = [state.after.node for state in self.cell.states]
        for number in sorted(needed(self.cell.nodes, after, ())):
            self.terms[number] = self.term(number)
        places = range(len(after))
        found = [self.terms[number] for number in after]
        types = [self.cell.state_type(place) for place in places]
        if any(type.axes != types[0].axes or type.rank > 1 for type in types):
            raise _NotLinear  # a scan is over vectors of one width
        return LinearForm(
            graph=replace(self.cell, nodes=tuple(self.growing.nodes)),
            decay=tuple(
                tuple(dict(term.factors).get(place) for place in places)
                for term in found
            ),
            update=tuple(term.rest for term in found),
        )

    def term(self, number: int) -> _Term:
        """A node as a linear function of the states; raises `_NotLinear`."""
        node = self.cell.nodes[number]
        if number in self.place:
            one = self.growing.number(1.0)
            return _Term(((self.place[number], one),), None)
        if not self.moving[number]:
            return _Term((), number)
        inputs = [self.terms[ref.node] for ref in node.inputs]
        match node.op:
            case Arithmetic(operator="+" | "-" as operator):
                a, b = inputs
                return self.sum(a, b if operator == "+" else self.scaled(b, -1.0))
            case Arithmetic(operator="*"):
                a, b = inputs
                if a.factors and b.factors:
                    raise _NotLinear
                by = b if a.factors else a
                return self.times(a if a.factors else b, by.rest)
            case Arithmetic(operator="/"):
                a, b = inputs
                if b.factors or b.rest is None:
                    raise _NotLinear
                return self.over(a, b.rest)
            case Function(function="negative"):
                return self.scaled(inputs[0], -1.0)
            case Function(function="linear"):
                return inputs[0]
        raise _NotLinear

    def sum(self, a: _Term, b: _Term) -> _Term:
        factors = dict(a.factors)
        for place, factor in b.factors:
            old = factors.get(place)
            if old is not None:
                factor = self.growing.arithmetic("+", old, factor)
            factors[place] = factor
        rests = [rest for rest in (a.rest, b.rest) if rest is not None]
        rest = self.growing.sum(rests) if rests else None
        return _Term(tuple(sorted(factors.items())), rest)

    def scaled(self, a: _Term, by: float) -> _Term:
        return self.times(a, self.growing.number(by))

    def times(self, a: _Term, by: int | None) -> _Term:
        if by is None:
            return _Term((), None)
        return self.mapped(a, lambda value: self.product(by, value))

    def product(self, by: int, value: int) -> int:
        """`by * value`; a state as it stands has the factor one."""
        op = self.growing.nodes[value].op
        if isinstance(op, Number) and op.value == 1:
            return by
        return self.growing.arithmetic("*", by, value)

    def over(self, a: _Term, by: int) -> _Term:
        return self.mapped(a, lambda value: self.growing.arithmetic("/", value, by))

    def mapped(self, a: _Term, change: Change) -> _Term:
        return _Term(
            tuple((place, change(factor)) for place, factor in a.factors),
            None if a.rest is None else change(a.rest),
        )
