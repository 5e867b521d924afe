"""Positive numbers that sum to one, along an axis."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.softmax import Softmax
from specc.reference._steps import Masks, largest, places_that_count
from specc.reference.arrays import sum_over
from specc.reference.elementwise import exp, where
from specc.reference.tape import Value


def softmax(op: Softmax, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y_i = e^{x_i} / sum_j e^{x_j}, over an axis; 0 where a step does not count.

    Taking the largest from every x changes nothing but the size of the powers.
    """
    axis = -1 if op.axis is None else op.axis + 1
    counts = places_that_count(masks[0], x)
    powers = exp(where(counts, x, 0.0) - largest(x, counts, axis))
    powers = where(counts, powers, 0.0)
    total = sum_over(powers, axis=axis, keep=True)
    return powers / where(total.data.real > 0, total, 1.0)
