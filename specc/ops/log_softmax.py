"""`log_softmax`: log-probabilities along an axis."""

from __future__ import annotations

from specc.ops.softmax import Softmax


class LogSoftmax(Softmax):
    """y_i = x_i - log sum_j e^{x_j}, over the axis named, or the last one.

    Steps that do not count are left out of the sum and give 0.
    """
