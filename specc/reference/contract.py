"""Products summed over an axis of both sides."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.contract import Contract, Places
from specc.reference._alignment import with_rank
from specc.reference._steps import Masks, valid_steps
from specc.reference.arrays import move_last, sum_over
from specc.reference.elementwise import where
from specc.reference.tape import Value


def contract(
    op: Contract, weights: Mapping[str, Value], masks: Masks, a: Value, b: Value
) -> Value:
    """y_{ij..} = sum_s a_{i..s} b_{j..s}; what does not count is read as zero."""
    rank = 1 + len({*op.left, *op.right})  # the axes of the result, then the summed one
    sides = []
    for x, mask, places in zip((a, b), masks, (op.left, op.right), strict=True):
        seen = x if mask is None else where(valid_steps(mask, x), x, 0.0)
        sides.append(_laid_out(seen, places, rank))
    return sum_over(sides[0] * sides[1], axis=-1)


def _laid_out(x: Value, places: Places, rank: int) -> Value:
    """The value with its axes at their places, and the summed one last."""
    summed = places.index(None)
    moved = move_last(x, summed + 1)
    kept = [place for place in places if place is not None]
    return with_rank(moved, rank, (*kept, rank - 2))
