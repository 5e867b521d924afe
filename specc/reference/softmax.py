"""Positive numbers that sum to one, along the last axis."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.softmax import Softmax
from specc.reference._steps import Masks
from specc.reference.arrays import sum_over
from specc.reference.elementwise import exp
from specc.reference.tape import Value


def softmax(op: Softmax, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y_i = e^{x_i} / sum_j e^{x_j}, over the last axis.

    Taking the largest from every x changes nothing but the size of the powers.
    """
    powers = exp(x - x.data.real.max(axis=-1, keepdims=True))
    return powers / sum_over(powers, axis=-1, keep=True)
