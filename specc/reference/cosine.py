"""The cosine of the angle between two vectors."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.cosine import Cosine
from specc.reference._steps import Masks
from specc.reference.arrays import sum_over
from specc.reference.elementwise import maximum, sqrt
from specc.reference.tape import Value


def cosine(
    op: Cosine, weights: Mapping[str, Value], masks: Masks, a: Value, b: Value
) -> Value:
    """y = sum_i a_i b_i / (|a| |b|), over the last axis."""
    return sum_over(a * b, axis=-1) / (_length(a) * _length(b))


def _length(x: Value) -> Value:
    """|x| = sqrt(max(sum_i x_i^2, 1e-12))."""
    return sqrt(maximum(sum_over(x * x, axis=-1), 1e-12))
