"""Every feature, normalised by its moving mean and variance."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.batchnorm import Batchnorm
from specc.reference._steps import Masks
from specc.reference.elementwise import sqrt
from specc.reference.tape import Value


def batchnorm(
    op: Batchnorm, weights: Mapping[str, Value], masks: Masks, x: Value
) -> Value:
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, outside training."""
    centred = x - weights["moving_mean"]
    deviation = sqrt(weights["moving_variance"] + op.epsilon)
    y = weights["gamma"] * (centred / deviation)
    return y + weights["beta"] if "beta" in weights else y
