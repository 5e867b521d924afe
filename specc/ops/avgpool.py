"""`avgpool(size)`: the mean of each window along time or over an image."""

from __future__ import annotations

from specc.ops._pool import Pool


class Avgpool(Pool):
    """y_t = mean of x_{s t} ... x_{s t + size - 1}, per feature; padding is left
    out."""
