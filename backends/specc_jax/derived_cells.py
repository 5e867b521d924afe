"""A cell whose backward pass is derived from its equations, as functions."""

from __future__ import annotations

from collections.abc import Sequence

from specc.codegen.equation_text import equation_lines
from specc.codegen.expressions import (
    Atom,
    Attribute,
    Binary,
    Constant,
    Expression,
    Index,
    List_,
    Parenthesized,
    Tuple_,
    Unary,
    call,
    literal,
    parenthesize,
)
from specc.codegen.linear_scans import LinearPrinter
from specc.codegen.loops import LoopPrinter
from specc.codegen.names import Take
from specc.codegen.parts import Contraction, Value, sliced
from specc.codegen.stages import StagePrinter
from specc.codegen.statements import Assign, Docstring, Function, Parameter, Return
from specc.ir.graph import Cell
from specc.ir.schedule import Schedule
from specc_jax.elements import Elements

DOCSTRING_WIDTH = 84
LAST = literal(-1)


def derived_cell(
    cell: Cell, schedule: Schedule, reserved: frozenset[str], take: Take
) -> tuple[Function, ...]:
    """The cell's function, which names the others, and those.

    `take` gives a name of the file for one that is wanted.
    """
    if schedule.scan != "sequential":
        return _linear_cell(cell, reserved, take)
    name = take(cell.name)
    printer = LoopPrinter(cell, schedule, _Notation(), reserved, take)
    parts = [printer.step(), printer.backward(), printer.gradients()]
    staged = printer.stages.staged
    places = range(len(cell.states)) if staged else (0,)
    loop = call("Loop", *(Atom(part.name) for part in parts), literal(tuple(places)))
    before: Expression = Atom("x_alone")
    if printer.stages.prepared:
        parts.insert(0, printer.before())
        before = Atom(parts[0].name)
    after: list[Expression] = []
    if staged:
        parts.append(printer.after())
        after.append(Atom(parts[-1].name))
    return _ready(printer, name, "Cell", loop, before, *after), *parts


def _linear_cell(
    cell: Cell, reserved: frozenset[str], take: Take
) -> tuple[Function, ...]:
    """The function of a cell that is linear in its states, and those it names."""
    name = take(cell.name)
    printer = LinearPrinter(cell, _Notation(), reserved, take)
    parts = [printer.terms()]
    if printer.stages.staged:
        parts.append(printer.after())
    names = (Atom(part.name) for part in parts)
    return _ready(printer, name, "Linear", *names), *parts


def _ready(
    printer: StagePrinter, name: str, made_of: str, *others: Expression
) -> Function:
    """`def lstm(w): ... return Cell({...}, ...)`."""
    names = printer.scope("w")
    body, weights = printer.ready(names)
    made = Assign((Atom(names.take("weights")),), weights)
    subject = "Lay the cell's weights ready for its run."
    about = Docstring((subject, "", *equation_lines(printer.cell, DOCSTRING_WIDTH)))
    back = Return(call(made_of, made.targets[0], *others))
    return Function(name, (Parameter("w"),), (about, *body, made, back))


class _Notation(Elements):
    """How the parts of a cell are written in JAX."""

    def where(self, x: Expression, a: Expression, b: Expression) -> Expression:
        return call("jnp.where", Binary(">", x, literal(0)), a, b)

    def concat(self, parts: Sequence[Expression]) -> Expression:
        return call("jnp.concatenate", List_(tuple(parts)), axis=LAST)

    def repeated(self, x: Expression, like: Expression) -> Expression:
        return Binary("+", call("jnp.zeros_like", sliced(like, 0, 1)), x)

    def split(self, x: Expression, sizes: Sequence[int]) -> Expression:
        if len(set(sizes)) == 1:
            return call("jnp.split", x, literal(len(sizes)), axis=LAST)
        ends = tuple(sum(sizes[:end]) for end in range(1, len(sizes)))
        return call("jnp.split", x, literal(ends), axis=LAST)

    def section(self, x: Expression, start: int, stop: int, whole: int) -> Expression:
        return sliced(x, start, stop)

    def rows(self, matrices: Sequence[Expression]) -> Expression:
        return call("jnp.concatenate", List_(tuple(matrices)))

    def turned(self, matrix: Expression) -> Expression:
        return Attribute(matrix, "T")

    def contraction(self, op: Contraction, a: Value, b: Value) -> Expression:
        terms, result = op.axes.split("->")
        first, second = terms.split(",")
        if not op.total and a.batched and not b.batched and b.rank == 2:
            if first[-1] == second[0] and result == first[:-1] + second[1]:
                return Binary("@", _clear(a.expression), b.expression)
            if first[-1] == second[1] and result == first[:-1] + second[0]:
                turned = Attribute(b.expression, "T")
                return Binary("@", _clear(a.expression), turned)
        if (first, second, result) == ("i", "i", "") and not op.total:
            product = Binary("*", a.expression, b.expression)
            return call("jnp.sum", product, axis=LAST, keepdims=literal(True))
        rows = "tb" if op.total else "..."
        sides = [
            rows * value.batched + axes for value, axes in ((a, first), (b, second))
        ]
        kept = "" if op.total or not (a.batched or b.batched) else rows
        axes = f"{sides[0]},{sides[1]}->{kept}{result}"
        return call("jnp.einsum", literal(axes), a.expression, b.expression)

    def summed(self, x: Value, rank: int) -> Expression:
        if rank == 0 and x.rank == 1:
            return call("jnp.sum", x.expression, axis=LAST, keepdims=literal(True))
        axes = tuple(range(-x.rank, -rank if rank else 0))
        whole = call("jnp.sum", x.expression, axis=literal(axes))
        return whole if rank else Index(whole, Tuple_((Constant("..."), literal(None))))

    def total(self, x: Value) -> Expression:
        axes = (0, 1, 2) if x.rank == 0 else (0, 1)
        return call("jnp.sum", x.expression, axis=literal(axes))


def _plain(parts: Sequence[Value]) -> tuple[Expression, ...]:
    return tuple(part.expression for part in parts)


def _clear(operand: Expression) -> Expression:
    """An operand of `@` in parentheses: Python needs none in `r * h @ U`, people do."""
    if isinstance(operand, Binary | Unary):
        return Parenthesized(parenthesize(operand))
    return operand
