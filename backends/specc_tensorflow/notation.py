"""How the equations of a cell are written with Keras's operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specc.codegen.expressions import (
    Atom,
    Attribute,
    Binary,
    Expression,
    Index,
    List_,
    Slice,
    Starred,
    Tuple_,
    call,
    literal,
)
from specc.codegen.gate_sums import Vectors
from specc.codegen.operands import Operand, product_axes
from specc.codegen.plan import Step
from specc.codegen.statements import Statement
from specc.ir.graph import Cell, ProductGroup
from specc_tensorflow.cell_writer import CellWriter
from specc_tensorflow.elements import Elements
from specc_tensorflow.fields import group_weights

LAST = literal(-1)


class CellNotation(Elements):
    """Weights are variables of the cell; matrices stand transposed, [in, out].

    `dropped`: local variables of the call that stand for some of them.
    """

    def __init__(
        self,
        cell: Cell,
        x: str,
        fields: Mapping[str, tuple[str, ...]],
        writer: CellWriter,
        dropped: Mapping[str, str],
    ) -> None:
        self.cell, self.x, self.writer = cell, Atom(x), writer
        self.dropped = dropped
        self.field_of = {
            name: field for field, names in fields.items() for name in names
        }

    def weight(self, name: str) -> Expression:
        weight = next(w for w in self.cell.weights if w.name == name)
        if len(weight.shape) != 2:
            return self._variable(name)
        return call("ops.transpose", self._variable(name))

    def _variable(self, weight: str) -> Atom:
        field = self.field_of[weight]
        return Atom(self.dropped.get(field, f"self.{field}"))

    def rows(self, value: Operand, like: Expression | None = None) -> Expression:
        """A value that is the same for all rows, once for each: [B, ...].

        `like` is an array of the shape it shall have, where there is one.
        """
        if value.batched and like is None:
            return value.expression
        if like is None and (value.rank > 1 or self.cell.nodes[0].type.rank > 1):
            count = Index(call("ops.shape", self.x), literal(0))
            shape = Tuple_((count, Starred(Attribute(value.expression, "shape"))))
            return call("ops.broadcast_to", value.expression, shape)
        first = Index(self.x, Tuple_((Slice(), Slice(upper=literal(1)))))
        return Binary("+", call("ops.zeros_like", like or first), value.expression)

    def concat(self, parts: Sequence[Operand]) -> Expression:
        batched = any(part.batched for part in parts)
        rows = [self.rows(part) if batched else part.expression for part in parts]
        return call("ops.concatenate", List_(tuple(rows)), axis=LAST)

    def product(self, a: Operand, b: Operand) -> Expression:
        if a.rank == b.rank == 1:
            terms = Binary("*", a.expression, b.expression)
            return call("ops.sum", terms, axis=LAST, keepdims=literal(True))
        if a.rank == 2 and b.rank == 1 and not a.batched:
            return call("ops.matmul", b.expression, self._transposed(a))
        if a.batched and b.rank == 2 and not b.batched:
            return call("ops.matmul", a.expression, self._transposed(b))
        axes = literal(product_axes(a, b))
        return call("ops.einsum", axes, a.expression, b.expression)

    def _transposed(self, matrix: Operand) -> Expression:
        if matrix.weight:
            return self._variable(matrix.weight)
        return call("ops.transpose", matrix.expression)

    @property
    def joins_vectors(self) -> bool:
        return False

    def vectors(self, joint: Vectors) -> Expression:
        raise AssertionError(f"each of {joint.weights} is a variable of its own")

    def products(self, group: ProductGroup, operand: Expression) -> Expression:
        weights = group_weights(self.cell, group)
        return call("ops.matmul", operand, self._variable(weights[0]))

    def split(self, whole: Expression, sizes: Sequence[int]) -> Expression:
        return call("ops.split", whole, literal(len(sizes)), axis=LAST)

    def layer(self, step: Step) -> Sequence[Statement]:
        return self.writer.layer(step)
