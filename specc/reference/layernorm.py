"""The features of every step, normalised."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.layernorm import Layernorm
from specc.reference._steps import Masks
from specc.reference.arrays import sum_over
from specc.reference.elementwise import sqrt
from specc.reference.tape import Value


def layernorm(
    op: Layernorm, weights: Mapping[str, Value], masks: Masks, x: Value
) -> Value:
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, over the last axis."""
    features = x.shape[-1]
    mean = sum_over(x, axis=-1, keep=True) / features
    centred = x - mean
    variance = sum_over(centred * centred, axis=-1, keep=True) / features
    y = weights["gamma"] * (centred / sqrt(variance + op.epsilon))
    return y + weights["beta"] if "beta" in weights else y
