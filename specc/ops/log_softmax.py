"""`log_softmax`: log-probabilities along an axis."""

from __future__ import annotations

from specc.ops.softmax import Softmax


class LogSoftmax(Softmax):
    """y_i = x_i - log sum_j e^{x_j}, over the axis named, or the last one.

    Mask: kept. Steps that do not count are left out of the sum and give 0.
    Example: (x: float[T, 2] ragged) -> y: float[T, 2] { x -> log_softmax }
    """
