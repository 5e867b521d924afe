"""A part of a cell's graph as statements: from what is given to what is wanted.

The axes before a value's own are those of the batch, and of the steps where a part is
computed for all of them at once; no statement depends on how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from msgspec import Struct

from specc.codegen.equation_flow import LARGEST
from specc.codegen.equations import ElementNotation, number_text
from specc.codegen.expressions import (
    Atom,
    Binary,
    Constant,
    Expression,
    Index,
    Slice,
    Tuple_,
    Unary,
    literal,
)
from specc.codegen.names import Names
from specc.codegen.statements import Assign, Statement
from specc.ir.graph import Node
from specc.ops.arithmetic import Arithmetic
from specc.ops.both import Both
from specc.ops.concat import Concat
from specc.ops.function import Function
from specc.ops.number import Number
from specc.ops.parameter import Parameter
from specc.ops.section import Section
from specc.ops.softmax import Softmax
from specc.ops.transpose import Transpose
from specc.passes.recurrence.ops import (
    Below,
    Contraction,
    Over,
    Rows,
    Summed,
    Total,
    Turned,
    Unmasked,
    Vector,
    Weighing,
    Where,
)
from specc.passes.recurrence.reach import needed

__all__ = [
    "Contraction",
    "Over",
    "Part",
    "PartNotation",
    "Value",
    "lifted",
    "print_part",
    "sliced",
    "variable_name",
]


class Value(Struct, frozen=True):
    """A value in a part. A number for each row is an array [..., 1]."""

    expression: Expression
    rank: int
    batched: bool


class PartNotation(ElementNotation, Protocol):
    """How a backend writes what the parts of a cell are made of."""

    def where(self, x: Expression, a: Expression, b: Expression) -> Expression:
        """a where x is above zero, else b."""
        ...

    def concat(self, parts: Sequence[Expression]) -> Expression:
        """Vectors side by side."""
        ...

    def along(self, x: Expression, other: Expression) -> Expression:
        """A vector that no step changes, laid along the steps and rows of another."""
        ...

    def split(self, x: Expression, sizes: Sequence[int]) -> Expression:
        """The parts of a vector, as a sequence."""
        ...

    def section(self, x: Expression, start: int, stop: int, whole: int) -> Expression:
        """A part of a vector that has `whole` numbers."""
        ...

    def rows(self, matrices: Sequence[Expression]) -> Expression:
        """Matrices one below the other."""
        ...

    def turned(self, matrix: Expression) -> Expression:
        """The transpose of a matrix."""
        ...

    def transposed(self, x: Expression) -> Expression:
        """A matrix with its two axes swapped, for each row."""
        ...

    def contraction(self, op: Contraction, a: Value, b: Value) -> Expression:
        """An Einstein sum."""
        ...

    def summed(self, x: Value, rank: int) -> Expression:
        """The sum over all but the last axes; over all of them it is [..., 1]."""
        ...

    def total(self, x: Value, over: Over) -> Expression:
        """The sum over all steps, or over all steps and the rows of the batch."""
        ...

    def shares(self, x: Expression, mask: Expression | None = None) -> Expression:
        """The softmax over the last axis, zeros where the mask leaves nothing."""
        ...

    def unmasked(self, x: Expression, mask: Expression) -> Expression:
        """A sequence with zeros at the steps that do not count."""
        ...

    def below(self, x: Expression) -> Expression:
        """The share of a normal distribution below x."""
        ...


class Part(Struct, frozen=True):
    """Statements, and the values wanted of them."""

    body: tuple[Statement, ...]
    results: tuple[Expression, ...]


def print_part(
    nodes: Sequence[Node],
    wanted: Sequence[int],
    given: Mapping[int, Expression],
    batched: Sequence[bool],
    changing: Sequence[bool],
    notation: PartNotation,
    names: Names,
) -> Part:
    """The statements that compute what is wanted from what is given.

    `batched`: for each node, whether its value differs from row to row; `changing`:
    from step to step.
    """
    return _Printer(nodes, wanted, given, batched, changing, notation, names).print()


class _Printer:
    def __init__(
        self,
        nodes: Sequence[Node],
        wanted: Sequence[int],
        given: Mapping[int, Expression],
        batched: Sequence[bool],
        changing: Sequence[bool],
        notation: PartNotation,
        names: Names,
    ) -> None:
        self.nodes, self.wanted, self.given = nodes, wanted, given
        self.batched, self.changing = batched, changing
        self.notation, self.names = notation, names
        self.order = sorted(needed(nodes, wanted, given.keys()))
        self.body: list[Statement] = []
        self.values: dict[int, Value] = {}
        self.sections = self._splits()
        self.stored = self._find_stored()

    def print(self) -> Part:
        for number in self.order:
            if number not in self.values:
                self.values[number] = self._value(number)
        results = tuple(self.values[number].expression for number in self.wanted)
        return Part(tuple(self.body), results)

    def _splits(self) -> dict[int, list[int]]:
        """Sections that take a whole vector apart, by the vector, in its order."""
        found: dict[int, list[int]] = {}
        for number in self.order:
            node = self.nodes[number]
            if isinstance(node.op, Section) and number not in self.given:
                found.setdefault(node.inputs[0].node, []).append(number)
        whole = {}
        for vector, numbers in found.items():
            ends = []
            numbers.sort(key=lambda n: self._section(n).start)
            for number in numbers:
                op = self._section(number)
                ends += [(op.start, op.stop if op.size else -1)]
            size = self.nodes[vector].type.last.at({})
            meets = all(a[1] == b[0] for a, b in pairwise(ends))
            if len(ends) > 1 and meets and ends[0][0] == 0 and ends[-1][1] == size:
                whole[vector] = numbers
        return whole

    def _aligned(self, node: Node) -> list[Expression]:
        """Parts to join: what is the same at every step or in every row, laid along."""
        inputs = [ref.node for ref in node.inputs]
        like = self._like(node)
        return [
            self.values[n].expression
            if like is None or self._varies(n) == self._varies(like)
            else self.notation.along(
                self.values[n].expression, self.values[like].expression
            )
            for n in inputs
        ]

    def _like(self, node: Node) -> int | None:
        """What other parts to join are laid along, where any have to be."""
        inputs = [ref.node for ref in node.inputs]
        like = max(inputs, key=self._varies)
        alike = all(self._varies(n) == self._varies(like) for n in inputs)
        return None if alike else like

    def _varies(self, number: int) -> tuple[bool, bool]:
        """Whether a value differs from step to step, and from row to row."""
        return self.changing[number], self.batched[number]

    def _section(self, number: int) -> Section:
        op = self.nodes[number].op
        assert isinstance(op, Section)
        return op

    def _find_stored(self) -> set[int]:
        """What gets a variable: what has a name, is used twice, or grew large."""
        uses: dict[int, int] = {}
        for number in self.order:
            if number in self.given:
                continue
            read = [ref.node for ref in self.nodes[number].inputs]
            if isinstance(self.nodes[number].op, Concat):
                like = self._like(self.nodes[number])
                read += [] if like is None else [like]
            for n in read:
                uses[n] = uses.get(n, 0) + 1
        for number in self.wanted:
            uses[number] = uses.get(number, 0) + 1
        stored: set[int] = set()
        sizes: dict[int, int] = {}
        for number in self.order:
            node = self.nodes[number]
            if number in self.given or not node.inputs:
                sizes[number] = 1
                continue
            inputs = [ref.node for ref in node.inputs]
            sizes[number] = 1 + sum(sizes[n] for n in inputs if n not in stored)
            named = node.local and number not in self.wanted
            if named or uses[number] > 1 or sizes[number] > LARGEST:
                stored.add(number)
        return stored

    def _value(self, number: int) -> Value:
        node, batched = self.nodes[number], self.batched[number]
        rank = node.type.rank
        if number in self.given:
            return Value(self.given[number], rank, batched)
        if isinstance(node.op, Section) and node.inputs[0].node in self.sections:
            self._split(node.inputs[0].node)
            return self.values[number]
        expression = self._expression(node)
        if number in self.stored:
            target = Atom(self.names.take(self._name(node)))
            self.body.append(Assign((target,), expression))
            expression = target
        return Value(expression, rank, batched)

    def _name(self, node: Node) -> str:
        """The name of its own, or `tanh_c` for the tanh of c."""
        return variable_name(self.nodes, node)

    def _split(self, vector: int) -> None:
        """`a, b = split(...)`."""
        numbers = self.sections[vector]
        targets = [Atom(self.names.take(self._name(self.nodes[n]))) for n in numbers]
        sizes = [self._section(number).size or 1 for number in numbers]
        whole = self.notation.split(self.values[vector].expression, sizes)
        self.body.append(Assign(tuple(targets), whole))
        for number, target in zip(numbers, targets, strict=True):
            self.values[number] = Value(target, 1, self.batched[number])

    def _expression(self, node: Node) -> Expression:
        inputs = [self.values[ref.node] for ref in node.inputs]
        plain = [value.expression for value in inputs]
        say = self.notation
        match node.op:
            case Parameter():
                return say.weight(node.name)
            case Number(value=value):
                return number_text(value)
            case Function(function="linear"):
                return plain[0]
            case Function(function="negative"):
                return Unary("-", plain[0])
            case Function(function=name):
                return say.function(name, plain[0])
            case Arithmetic(operator="min"):
                return say.smaller(*lifted(inputs))
            case Arithmetic(operator="max"):
                return say.larger(*lifted(inputs))
            case Arithmetic(operator="+" | "-" | "*" | "/" | "**" as operator):
                a, b = lifted(inputs)
                return Binary(operator, a, b)
            case Where():
                x, a, b = lifted(inputs)
                return say.where(x, a, b)
            case Contraction():
                return say.contraction(node.op, *inputs)
            case Section(start=start, stop=stop):
                whole = self.nodes[node.inputs[0].node].type.last.at({})
                return say.section(plain[0], start, stop, whole)
            case Softmax():
                return say.softmax(plain[0])
            case Weighing():
                return say.shares(*plain)
            case Unmasked():
                return say.unmasked(*plain)
            case Both():
                return Binary("&", *plain)
            case Concat():
                return say.concat(self._aligned(node))
            case Rows():
                return say.rows(plain)
            case Turned():
                return say.turned(plain[0])
            case Transpose():
                return say.transposed(plain[0])
            case Summed(rank=rank):
                return say.summed(inputs[0], rank)
            case Total(over=over):
                return say.total(inputs[0], over)
            case Vector():  # [..., 1] as it is
                return plain[0]
            case Below():
                return say.below(plain[0])
        raise AssertionError(f"a part has no {node.op.name()}")


FORWARD = "i,ij->j", "i,ji->j"
"""A vector times a matrix of weights, as it is turned or as it stands."""


def variable_name(nodes: Sequence[Node], node: Node) -> str:
    """What a value is called: its own name, `tanh_c` for the tanh of c, or `part`.

    A product of weights is called after both sides: `W_x`.
    """
    name = node.local or node.name
    if not name and isinstance(node.op, Function):
        of = nodes[node.inputs[0].node].local
        name = f"{node.op.function}_{of}" if of else ""
    if not name and isinstance(node.op, Contraction) and node.op.axes in FORWARD:
        sides = [nodes[ref.node].local or nodes[ref.node].name for ref in node.inputs]
        name = "_".join(reversed(sides)) if all(sides) else ""
    return name.replace("'", "_new") or "part"


def sliced(x: Expression, start: int, stop: int) -> Expression:
    """`x[..., start:stop]`."""
    ends = Slice(literal(start) if start else None, literal(stop))
    return Index(x, Tuple_((Constant("..."), ends)))


def lifted(inputs: Sequence[Value]) -> list[Expression]:
    """Operands such that broadcasting means what it should.

    A number for each row is [..., 1], which meets [..., n] as it is, but not
    [..., m, n]; nor does [..., n].
    """
    rank = max(value.rank for value in inputs)
    return [_lifted(value, rank) for value in inputs]


def _lifted(value: Value, rank: int) -> Expression:
    own = max(value.rank, 1)
    if not value.batched or own >= rank:
        return value.expression
    new = [literal(None)] * (rank - own)
    return Index(value.expression, Tuple_((Constant("..."), *new, *([Slice()] * own))))
