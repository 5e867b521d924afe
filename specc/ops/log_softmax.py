"""`log_softmax`: log-probabilities along the last axis."""

from __future__ import annotations

from specc.ops.softmax import Softmax


class LogSoftmax(Softmax):
    """y_i = x_i - log sum_j e^{x_j}, over the last axis."""
