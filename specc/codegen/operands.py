"""The values in a cell's equations, and how those of different axes come together."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from specc.codegen.expressions import (
    Constant,
    Expression,
    Index,
    Slice,
    Tuple_,
    literal,
)


class Operand(Struct, frozen=True):
    """A value in an equation.

    One that is `batched` is an array [B, ...], and [B, 1] where it is a number for each
    row. `weight` is the name of the weight it is, if it is one.
    """

    expression: Expression
    rank: int
    batched: bool
    weight: str = ""


def product_axes(a: Operand, b: Operand) -> str:
    """`a @ b` in the notation of Einstein sums: `bji,bi->bj`."""
    rows = "b" if a.batched or b.batched else ""
    left, right = "jkl"[: a.rank - 1], "mno"[: b.rank - 1]
    sides = [
        "b" * value.batched + axes + "i" for value, axes in ((a, left), (b, right))
    ]
    return f"{sides[0]},{sides[1]}->{rows}{left}{right}"


def aligned(inputs: Sequence[Operand]) -> tuple[Expression, Expression]:
    """Two operands such that broadcasting means what it should.

    A number for each row is [B, 1], which meets [B, n] as it is, but not [B, m, n]; nor
    does [B, n].
    """
    rank = max(value.rank for value in inputs)
    a, b = (_lifted(value, rank) for value in inputs)
    return a, b


def _lifted(value: Operand, rank: int) -> Expression:
    new = [literal(None)] * (rank - max(value.rank, 1))
    if not value.batched or not new:
        return value.expression
    if value.rank == 0:
        return Index(value.expression, Tuple_((Constant("..."), *new)))
    return Index(value.expression, Tuple_((Slice(), *new)))
