"""How the parts of a cell with a derived backward pass are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specc.codegen.expressions import (
    Atom,
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
from specc.codegen.parts import Contraction, Over, Value, sliced
from specc_tensorflow.elements import Elements

LAST = literal(-1)
TURNED = literal(True)


class DerivedNotation(Elements):
    """Weights are variables of the cell, matrices [in, out].

    `variables`: the variable that is a weight, or its transpose, by the weight's name;
    `matrices`: the names of those that are matrices. `steps`: whether what is written
    is for all steps at once, where a product has three axes and is one of two.
    """

    def __init__(
        self, variables: Mapping[str, Atom], matrices: frozenset[str], steps: bool
    ) -> None:
        self.variables, self.matrices, self.steps = variables, matrices, steps

    def weight(self, name: str) -> Expression:
        variable = self.variables[name]
        return self.turned(variable) if name in self.matrices else variable

    def where(self, x: Expression, a: Expression, b: Expression) -> Expression:
        return call("ops.where", Binary(">", x, literal(0)), a, b)

    def concat(self, parts: Sequence[Expression]) -> Expression:
        return call("tf.concat", List_(tuple(parts)), axis=LAST)

    def along(self, x: Expression, other: Expression) -> Expression:
        return call("along", x, other)

    def split(self, x: Expression, sizes: Sequence[int]) -> Expression:
        equal = len(set(sizes)) == 1
        parts = literal(len(sizes)) if equal else List_(tuple(map(literal, sizes)))
        return call("tf.split", x, parts, axis=LAST)

    def section(self, x: Expression, start: int, stop: int, whole: int) -> Expression:
        """One of n equal parts is written without a number of its own."""
        size = stop - start
        if whole % size or start % size:
            return sliced(x, start, stop)
        return Index(self.split(x, [size] * (whole // size)), literal(start // size))

    def rows(self, matrices: Sequence[Expression]) -> Expression:
        return call("tf.concat", List_(tuple(matrices)), axis=literal(0))

    def turned(self, matrix: Expression) -> Expression:
        return call("tf.transpose", matrix)

    def transposed(self, x: Expression) -> Expression:
        return call("tf.linalg.matrix_transpose", x)

    def contraction(self, op: Contraction, a: Value, b: Value) -> Expression:
        terms, result = op.axes.split("->")
        first, second = terms.split(",")
        if op.over:
            every = op.over == "all"
            if every and (first, second, result) == ("i", "j", "ij"):
                return call("over_all_steps", a.expression, b.expression)
            kept = "" if every else "b"
            return self._einsum((first, second, result), a, b, "tb", kept)
        if a.batched and not b.batched and (a.rank, b.rank) == (1, 2):
            if first == second[0] and result == second[1]:
                return self._product(a.expression, b.expression, {})
            if first == second[1] and result == second[0]:
                turned: dict[str, Expression] = {"transpose_b": TURNED}
                return self._product(a.expression, b.expression, turned)
        by_vector = a.batched and not b.batched and a.rank > b.rank == 1
        if by_vector and first == result + second:
            # No product: for one row, XLA on a CPU was seen to make a wrong one of it.
            product = Binary("*", a.expression, b.expression)
            return call("tf.reduce_sum", product, axis=LAST)
        if (first, second, result) == ("i", "i", ""):
            product = Binary("*", a.expression, b.expression)
            return call("tf.reduce_sum", product, axis=LAST, keepdims=TURNED)
        rows = "..." * (a.batched or b.batched)
        return self._einsum((first, second, result), a, b, "...", rows)

    def _product(
        self, a: Expression, b: Expression, options: Mapping[str, Expression]
    ) -> Expression:
        if self.steps:
            return call("rows_times", a, b, **options)
        if options:
            return call("tf.matmul", a, b, **options)
        return Binary("@", _clear(a), b)

    @staticmethod
    def _einsum(
        axes: tuple[str, str, str], a: Value, b: Value, rows: str, kept: str
    ) -> Expression:
        first, second, result = axes
        sides = rows * a.batched + first, rows * b.batched + second
        text = f"{sides[0]},{sides[1]}->{kept}{result}"
        return call("tf.einsum", literal(text), a.expression, b.expression)

    def summed(self, x: Value, rank: int) -> Expression:
        if rank == 0 and x.rank == 1:
            return call("tf.reduce_sum", x.expression, axis=LAST, keepdims=TURNED)
        axes = tuple(range(-x.rank, -rank if rank else 0))
        whole = call("tf.reduce_sum", x.expression, axis=literal(axes))
        return whole if rank else Index(whole, Tuple_((Constant("..."), literal(None))))

    def total(self, x: Value, over: Over) -> Expression:
        if over == "steps":
            return call("tf.reduce_sum", x.expression, axis=literal(0))
        axes = (0, 1, 2) if x.rank == 0 else (0, 1)
        return call("tf.reduce_sum", x.expression, axis=literal(axes))

    def shares(self, x: Expression, mask: Expression | None = None) -> Expression:
        if mask is None:
            return call("tf.nn.softmax", x)
        return call("softmax_where", x, mask)

    def unmasked(self, x: Expression, mask: Expression) -> Expression:
        counting = Index(mask, Tuple_((Constant("..."), literal(None))))
        return call("ops.where", counting, x, literal(0))

    def below(self, x: Expression) -> Expression:
        scaled = Binary("/", Unary("-", x), Binary("**", literal(2), literal(0.5)))
        return Binary("/", call("tf.math.erfc", scaled), literal(2))


def _clear(operand: Expression) -> Expression:
    """An operand of `@` in parentheses: Python needs none in `r * h @ U`, people do."""
    if isinstance(operand, Binary | Unary):
        return Parenthesized(parenthesize(operand))
    return operand
