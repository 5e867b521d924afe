"""Log-probabilities along an axis."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.log_softmax import LogSoftmax
from specc.reference._steps import Masks, largest, places_that_count
from specc.reference.arrays import sum_over
from specc.reference.elementwise import exp, log, where
from specc.reference.tape import Value


def log_softmax(
    op: LogSoftmax, weights: Mapping[str, Value], masks: Masks, x: Value
) -> Value:
    """y_i = x_i - log sum_j e^{x_j}, over an axis; 0 where a step does not count.

    Taking the largest from every x changes nothing but the size of the powers.
    """
    axis = -1 if op.axis is None else op.axis + 1
    counts = places_that_count(masks[0], x)
    known = where(counts, x, 0.0) - largest(x, counts, axis)
    total = sum_over(where(counts, exp(known), 0.0), axis=axis, keep=True)
    return where(counts, known - log(where(total.data.real > 0, total, 1.0)), 0.0)
