"""An affine map of the last axis."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.dense import Dense
from specc.reference._functions import apply_function
from specc.reference._steps import Masks
from specc.reference.arrays import matmul
from specc.reference.tape import Value


def dense(op: Dense, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y = act(x W + b)."""
    y = matmul(x, weights["W"])
    if "b" in weights:
        y = y + weights["b"]
    return apply_function(op.activation, y)
