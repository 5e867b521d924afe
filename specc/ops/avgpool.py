"""`avgpool(size)`: the mean of each window along time or over an image."""

from __future__ import annotations

from specc.ops._pool import Pool


class Avgpool(Pool):
    """y_t = mean of x_{s t} ... x_{s t + size - 1}, per feature.

    s is the stride, by default the size. Padding of `same` is no part of the mean. Over
    an image [height, width, features] the windows are squares.

    Mask: masked steps are no part of a window; a step of the result of `valid` windows
    counts where its whole window does. Without any valid step y_t = 0.
    Example: (x: float[T, 1] ragged) -> y: float[(T - 2) // 2 + 1, 1] {
    x -> avgpool(2) }
    """
