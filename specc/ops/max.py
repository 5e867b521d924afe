"""`max`: the largest over time, or over an image."""

from __future__ import annotations

from specc.ops._pool import GlobalPool


class Max(GlobalPool):
    """y = max of valid x_t, per feature; 0 where no step is valid."""
