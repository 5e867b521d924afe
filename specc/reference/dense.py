"""An affine map of the last axis."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.dense import Dense
from specc.ops.log_softmax import LogSoftmax
from specc.ops.softmax import Softmax
from specc.reference._functions import apply_function
from specc.reference._steps import Masks
from specc.reference.arrays import matmul
from specc.reference.log_softmax import log_softmax
from specc.reference.softmax import softmax
from specc.reference.tape import Value


def dense(op: Dense, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y = act(x W + b)."""
    y = matmul(x, weights["W"])
    if "b" in weights:
        y = y + weights["b"]
    if op.activation == "softmax":
        return softmax(Softmax(), {}, masks, y)
    if op.activation == "log_softmax":
        return log_softmax(LogSoftmax(), {}, masks, y)
    return apply_function(op.activation, y)
