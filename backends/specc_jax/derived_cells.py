"""A cell whose backward pass is derived from its equations, as functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from specc.codegen.parts import Contraction, Over, Value, sliced
from specc.codegen.stages import StagePrinter
from specc.codegen.statements import Assign, Docstring, Function, Parameter, Return
from specc.ir.graph import Cell
from specc.ir.schedule import Schedule, TargetName
from specc_jax.elements import Elements

DOCSTRING_WIDTH = 84
LAST = literal(-1)


def derived_cell(
    cell: Cell,
    schedule: Schedule,
    target: TargetName,
    reserved: frozenset[str],
    take: Take,
) -> tuple[Function, ...]:
    """The cell's function, which names the others, and those.

    `take` gives a name of the file for one that is wanted.
    """
    if schedule.scan != "sequential":
        return _linear_cell(cell, reserved, take)
    name = take(cell.name)
    notation = _Notation(rows_first=target == "cpu")
    printer = LoopPrinter(cell, schedule, notation, reserved, take)
    stages = printer.stages
    before = (printer.before(),) if stages.prepared else ()
    inside = printer.step(), printer.backward(), printer.gradients()
    after = (printer.after(),) if stages.staged else ()
    places = range(len(cell.states)) if stages.staged else (0,)
    added = {"added": literal(printer.added)} if printer.added else {}
    loop = call("Loop", *map(_name, inside), literal(tuple(places)), **added)
    dicts = {"weights": stages.fixed}
    if stages.around:
        dicts["around"] = stages.around
    named = _named(before=before, after=after)
    return _ready(printer, name, dicts, "Cell", loop, named), *before, *inside, *after


def _linear_cell(
    cell: Cell, reserved: frozenset[str], take: Take
) -> tuple[Function, ...]:
    """The function of a cell that is linear in its states, and those it names."""
    name = take(cell.name)
    printer = LinearPrinter(cell, _Notation(rows_first=False), reserved, take)
    terms = printer.terms()
    after = (printer.after(),) if printer.stages.staged else ()
    dicts = {"weights": tuple(printer.fixed)}
    named = _named(outputs=after)
    ready = _ready(printer, name, dicts, "Linear", _name(terms), named)
    return ready, terms, *after


def _ready(
    printer: StagePrinter,
    name: str,
    dicts: Mapping[str, Sequence[int]],
    made_of: str,
    run: Expression,
    named: Mapping[str, Expression],
) -> Function:
    """`def lstm(w): ... return Cell(weights, ...)`, the dicts of weights by name.

    What the cell sees at every step are parameters after `w`.
    """
    names = printer.scope("w")
    seen = printer.seen(names)
    body, weights = printer.ready(tuple(dicts.values()), seen, names)
    targets = [Atom(names.take(role)) for role in dicts]
    made = [
        Assign((target,), one) for target, one in zip(targets, weights, strict=True)
    ]
    subject = "Lay the cell's weights ready for its run."
    about = Docstring((subject, "", *equation_lines(printer.cell, DOCSTRING_WIDTH)))
    back = Return(call(made_of, targets[0], run, *targets[1:], **named))
    parameters = ("w", *(variable.text for variable in seen.values()))
    return Function(
        name, tuple(map(Parameter, parameters)), (about, *body, *made, back)
    )


def _name(function: Function) -> Expression:
    return Atom(function.name)


def _named(**functions: Sequence[Function]) -> dict[str, Expression]:
    """Functions by what they are for, where there are any."""
    return {role: _name(one) for role, found in functions.items() for one in found}


class _Notation(Elements):
    """How the parts of a cell are written in JAX.

    `rows_first`: gradients of matrices are plain products, over the rows of the batch
    and their steps as one axis. XLA on a CPU transposes a factor where there are two.
    """

    def __init__(self, *, rows_first: bool) -> None:
        self.rows_first = rows_first

    def where(self, x: Expression, a: Expression, b: Expression) -> Expression:
        return call("jnp.where", Binary(">", x, literal(0)), a, b)

    def concat(self, parts: Sequence[Expression]) -> Expression:
        return call("jnp.concatenate", List_(tuple(parts)), axis=LAST)

    def along(self, x: Expression, other: Expression) -> Expression:
        return call("along", x, other)

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

    def transposed(self, x: Expression) -> Expression:
        return call("jnp.swapaxes", x, LAST, literal(-2))

    def contraction(self, op: Contraction, a: Value, b: Value) -> Expression:
        terms, result = op.axes.split("->")
        first, second = terms.split(",")
        if not op.over and a.batched and not b.batched and b.rank == 2:
            if first[-1] == second[0] and result == first[:-1] + second[1]:
                return Binary("@", _clear(a.expression), b.expression)
            if first[-1] == second[1] and result == first[:-1] + second[0]:
                turned = Attribute(b.expression, "T")
                return Binary("@", _clear(a.expression), turned)
        by_vector = a.batched and not b.batched and a.rank > b.rank == 1
        if by_vector and not op.over and first == result + second:
            return Binary("@", _clear(a.expression), b.expression)
        if (first, second, result) == ("i", "i", "") and not op.over:
            product = Binary("*", a.expression, b.expression)
            return call("jnp.sum", product, axis=LAST, keepdims=literal(True))
        if op.over and len(first) == len(second) == 1 and result == second + first:
            a, b, first, second, result = b, a, "i", "j", "ij"
        is_gradient = (op.over, first, second, result) == ("all", "i", "j", "ij")
        if self.rows_first and is_gradient and a.batched and b.batched:
            left, right = call("rows", a.expression), call("rows", b.expression)
            return Binary("@", Attribute(left, "T"), right)
        rows = "tb" if op.over else "..."
        sides = [
            rows * value.batched + axes for value, axes in ((a, first), (b, second))
        ]
        kept = rows if a.batched or b.batched else ""
        kept = {None: kept, "steps": "b", "all": ""}[op.over]
        axes = f"{sides[0]},{sides[1]}->{kept}{result}"
        return call("jnp.einsum", literal(axes), a.expression, b.expression)

    def summed(self, x: Value, rank: int) -> Expression:
        if rank == 0 and x.rank == 1:
            return call("jnp.sum", x.expression, axis=LAST, keepdims=literal(True))
        axes = tuple(range(-x.rank, -rank if rank else 0))
        whole = call("jnp.sum", x.expression, axis=literal(axes))
        return whole if rank else Index(whole, Tuple_((Constant("..."), literal(None))))

    def total(self, x: Value, over: Over) -> Expression:
        if over == "steps":
            return call("jnp.sum", x.expression, axis=literal(0))
        axes = (0, 1, 2) if x.rank == 0 else (0, 1)
        return call("jnp.sum", x.expression, axis=literal(axes))

    def shares(self, x: Expression, mask: Expression | None = None) -> Expression:
        if mask is None:
            return call("jax.nn.softmax", x)
        return call("softmax_where", x, mask)

    def unmasked(self, x: Expression, mask: Expression) -> Expression:
        counting = Index(mask, Tuple_((Constant("..."), literal(None))))
        return call("jnp.where", counting, x, literal(0))

    def below(self, x: Expression) -> Expression:
        return call("jax.scipy.special.ndtr", x)


def _clear(operand: Expression) -> Expression:
    """An operand of `@` in parentheses: Python needs none in `r * h @ U`, people do."""
    if isinstance(operand, Binary | Unary):
        return Parenthesized(parenthesize(operand))
    return operand
