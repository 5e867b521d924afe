"""`sum`: the sum over time."""

from __future__ import annotations

from specc.ops._pool import Reduction


class Sum(Reduction):
    """y = sum of valid x_t, per feature."""
