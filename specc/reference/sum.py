"""The sum over time, or over an image."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.sum import Sum
from specc.reference._steps import (
    Masks,
    places_that_count,
    steps_in_one_axis,
    valid_steps,
)
from specc.reference.arrays import sum_over
from specc.reference.elementwise import where
from specc.reference.tape import Value


def sum(op: Sum, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y = sum of valid x_t, per feature."""
    if op.axis is not None:
        counts = places_that_count(masks[0], x)
        return sum_over(where(counts, x, 0.0), axis=op.axis + 1)
    x = steps_in_one_axis(x)
    return sum_over(where(valid_steps(masks[0], x), x, 0.0), axis=1)
