"""`mean`: the mean over time, or over an image."""

from __future__ import annotations

from specc.ops._pool import GlobalPool


class Mean(GlobalPool):
    """y = sum of valid x_t / max(number of valid steps, 1), per feature."""
