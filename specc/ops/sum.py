"""`sum`: the sum over time, or over an image."""

from __future__ import annotations

from specc.ops._pool import GlobalPool


class Sum(GlobalPool):
    """y = sum of valid x_t, per feature."""
