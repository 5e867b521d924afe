"""The features of every step, brought to one size."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.rmsnorm import Rmsnorm
from specc.reference._steps import Masks
from specc.reference.arrays import sum_over
from specc.reference.elementwise import sqrt
from specc.reference.tape import Value


def rmsnorm(op: Rmsnorm, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y = gamma x / sqrt(mean_i x_i^2 + epsilon), over the last axis."""
    square = sum_over(x * x, axis=-1, keep=True) / x.shape[-1]
    return weights["gamma"] * (x / sqrt(square + op.epsilon))
