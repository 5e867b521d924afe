"""The inner product over the last axis."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.dot import Dot
from specc.reference._steps import Masks
from specc.reference.arrays import sum_over
from specc.reference.tape import Value


def dot(
    op: Dot, weights: Mapping[str, Value], masks: Masks, a: Value, b: Value
) -> Value:
    """y = sum_i a_i b_i, over the last axis."""
    return sum_over(a * b, axis=-1)
