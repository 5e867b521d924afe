"""How far two vectors are apart."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.distance import Distance
from specc.reference._steps import Masks
from specc.reference.arrays import sum_over
from specc.reference.elementwise import absolute, maximum, sqrt
from specc.reference.tape import Value


def distance(
    op: Distance, weights: Mapping[str, Value], masks: Masks, a: Value, b: Value
) -> Value:
    """l1: y = sum_i |a_i - b_i|; l2: y = sqrt(max(sum_i (a_i - b_i)^2, 1e-12))."""
    d = a - b
    if op.kind == "l1":
        return sum_over(absolute(d), axis=-1)
    return sqrt(maximum(sum_over(d * d, axis=-1), 1e-12))
