"""A cell as a function that makes its step, printed from its equations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from specc.codegen.cell_layers import cell_plan
from specc.codegen.equation_text import equation_lines
from specc.codegen.equations import Equations, print_equations
from specc.codegen.expressions import (
    Atom,
    Attribute,
    Binary,
    Expression,
    List_,
    Parenthesized,
    Tuple_,
    Unary,
    call,
    literal,
    parenthesize,
)
from specc.codegen.gate_sums import Vectors
from specc.codegen.names import Names
from specc.codegen.operands import Operand, product_axes
from specc.codegen.plan import Step
from specc.codegen.statements import (
    Assign,
    Docstring,
    Function,
    Parameter,
    Return,
    Statement,
)
from specc.ir.graph import Cell, ProductGroup
from specc_jax.elements import Elements
from specc_jax.layers import find_emit
from specc_jax.writer import Writer

DOCSTRING_WIDTH = 84
LAST = literal(-1)
CELLS = 64
"""How many functions of cells are kept: layers that are alike run the same cell."""


def output_is_first_state(cell: Cell) -> bool:
    """Whether the output needs no place of its own among the states."""
    return cell.states[0].after == cell.output


def state_shapes(cell: Cell) -> tuple[tuple[int, ...], ...]:
    """The shapes of what a step carries: the output's, where it has a place, first."""
    refs = [state.before for state in cell.states]
    if not output_is_first_state(cell):
        refs.insert(0, cell.output)
    return tuple(
        tuple(axis.size.at({}) for axis in cell.type_of(ref).axes) for ref in refs
    )


def has_vectors(cell: Cell) -> bool:
    """Whether all that a step carries are vectors."""
    return all(len(shape) == 1 for shape in state_shapes(cell))


@lru_cache(maxsize=CELLS)
def make_cell(cell: Cell, reserved: frozenset[str], name: str) -> Function:
    """`def lstm(w): ... return step`.

    What the cell sees at every step are parameters after `w`, masks after their values,
    and then what is kept of states while training.
    """
    names = Names(reserved | {"w", "states", "step"})
    x = names.take(cell.nodes[0].name)
    notation = _Notation(cell, names, Writer(cell_plan(cell, names), reserved, "w"))
    equations = print_equations(cell, notation, names, x)
    body: tuple[Statement, ...] = (
        _unpacked(cell, equations),
        *equations.body,
        Return(Tuple_(_results(cell, equations, x))),
    )
    step = Function("step", (Parameter("states"), Parameter(x)), body)
    return Function(
        name,
        (Parameter("w"), *map(Parameter, (*equations.outside, *equations.kept))),
        (
            _docstring(cell),
            *notation.prepared,
            *equations.fixed,
            step,
            Return(Atom("step")),
        ),
    )


def _docstring(cell: Cell) -> Docstring:
    subject = "Make the cell's step: states and x to new states, the output first."
    return Docstring((subject, "", *equation_lines(cell, DOCSTRING_WIDTH)))


def _unpacked(cell: Cell, equations: Equations) -> Assign:
    targets = [Atom(name) for name in equations.before]
    if not output_is_first_state(cell):
        targets.insert(0, Atom("_"))
    whole = (Tuple_(tuple(targets)),) if len(targets) == 1 else tuple(targets)
    return Assign(whole, Atom("states"))


def _results(cell: Cell, equations: Equations, x: str) -> tuple[Expression, ...]:
    results = list(equations.after)
    if not output_is_first_state(cell):
        results.insert(0, equations.output)
    return tuple(
        value.expression
        if value.batched
        else call("for_each_row", value.expression, Atom(x))
        for value in results
    )


class _Notation(Elements):
    """How the step is written; matrices are laid ready before it.

    A matrix is [out, in] in the equations and the checkpoint. Here it stands ready as
    [in, out], those that share an operand side by side.
    """

    def __init__(self, cell: Cell, names: Names, writer: Writer) -> None:
        self.cell, self.names, self.writer = cell, names, writer
        self.prepared: list[Assign] = []
        self.matrices: dict[str, Expression] = {}

    def layer(self, step: Step) -> Sequence[Statement]:
        # What depends on the memory alone is computed before the step, for all layers.
        self.writer.forget_temporaries()
        written = len(self.writer.statements)
        find_emit(step.op.name())(step, self.writer)
        return self.writer.statements[written:]

    def concat(self, parts: Sequence[Operand]) -> Expression:
        whole = [part.expression for part in parts if part.batched]
        # What is seen from outside may be joined before there is an x.
        names = [one for one in whole if isinstance(one, Atom)]
        like = next(iter([*names, *whole]), None)
        rows = [
            part.expression
            if part.batched or like is None
            else call("for_each_row", part.expression, like)
            for part in parts
        ]
        return call("jnp.concatenate", List_(tuple(rows)), axis=LAST)

    def product(self, a: Operand, b: Operand) -> Expression:
        if a.rank == b.rank == 1:
            terms = Binary("*", a.expression, b.expression)
            return call("jnp.sum", terms, axis=LAST, keepdims=literal(True))
        if a.rank == 2 and b.rank == 1 and not a.batched:
            return Binary("@", _clear(b.expression), self._transposed(a))
        if a.batched and b.rank == 2 and not b.batched:
            return Binary("@", _clear(a.expression), self._transposed(b))
        axes = literal(product_axes(a, b))
        return call("jnp.einsum", axes, a.expression, b.expression)

    def _transposed(self, matrix: Operand) -> Expression:
        if not matrix.weight:
            return Attribute(matrix.expression, "T")
        if matrix.weight not in self.matrices:
            transposed = Attribute(matrix.expression, "T")
            self.matrices[matrix.weight] = self._prepare(matrix.weight, transposed)
        return self.matrices[matrix.weight]

    def _prepare(self, wanted: str, value: Expression) -> Expression:
        target = Atom(self.names.take(wanted))
        self.prepared.append(Assign((target,), value))
        return target

    @property
    def joins_vectors(self) -> bool:
        return True

    def vectors(self, joint: Vectors) -> Expression:
        parts = List_(tuple(map(self.weight, joint.weights)))
        return self._prepare(joint.name, call("jnp.concatenate", parts))

    def products(self, group: ProductGroup, operand: Expression) -> Expression:
        nodes = [self.cell.nodes[n].inputs[0].node for n in group.products]
        weights = [self.cell.nodes[node].name for node in nodes]
        parts = List_(tuple(map(self.weight, weights)))
        whole = Attribute(call("jnp.concatenate", parts), "T")
        return Binary("@", _clear(operand), self._prepare(group.name, whole))

    def split(self, whole: Expression, sizes: Sequence[int]) -> Expression:
        if len(set(sizes)) == 1:
            return call("jnp.split", whole, literal(len(sizes)), axis=LAST)
        ends = [literal(sum(sizes[:end])) for end in range(1, len(sizes))]
        return call("jnp.split", whole, List_(tuple(ends)), axis=LAST)


def _clear(operand: Expression) -> Expression:
    """An operand of `@` in parentheses: Python needs none in `r * h @ U`, people do."""
    if isinstance(operand, Binary | Unary):
        return Parenthesized(parenthesize(operand))
    return operand
