"""`maxpool(size)`: the largest of each window along time or over an image."""

from __future__ import annotations

from specc.ops._pool import Pool


class Maxpool(Pool):
    """y_t = max of x_{s t} ... x_{s t + size - 1}, per feature."""
