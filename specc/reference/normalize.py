"""Vectors brought to length one."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.normalize import Normalize
from specc.reference._steps import Masks
from specc.reference.arrays import sum_over
from specc.reference.elementwise import maximum, sqrt
from specc.reference.tape import Value


def normalize(
    op: Normalize, weights: Mapping[str, Value], masks: Masks, x: Value
) -> Value:
    """y = x / sqrt(max(sum_i x_i^2, 1e-12)), over the last axis."""
    return x / sqrt(maximum(sum_over(x * x, axis=-1, keep=True), 1e-12))
