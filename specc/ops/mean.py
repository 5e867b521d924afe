"""`mean`: the mean over time."""

from __future__ import annotations

from specc.ops._pool import Reduction


class Mean(Reduction):
    """y = sum of valid x_t / max(number of valid steps, 1), per feature."""
