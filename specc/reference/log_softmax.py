"""Log-probabilities along the last axis."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.log_softmax import LogSoftmax
from specc.reference._steps import Masks
from specc.reference.arrays import sum_over
from specc.reference.elementwise import exp, log
from specc.reference.tape import Value


def log_softmax(
    op: LogSoftmax, weights: Mapping[str, Value], masks: Masks, x: Value
) -> Value:
    """y_i = x_i - log sum_j e^{x_j}, over the last axis.

    Taking the largest from every x changes nothing but the size of the powers.
    """
    x = x - x.data.real.max(axis=-1, keepdims=True)
    return x - log(sum_over(exp(x), axis=-1, keep=True))
