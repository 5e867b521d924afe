"""`log_softmax`: log-probabilities along the last axis."""

from __future__ import annotations

from specc.ops.softmax import Softmax


class LogSoftmax(Softmax):
    """y_i = x_i - log sum_j e^{x_j}, over the last axis.

    Mask: kept.
    Example: (x: float[T, 2] ragged) -> y: float[T, 2] { x -> log_softmax }
    """
