"""`mean`: the mean over time, or over an image."""

from __future__ import annotations

from specc.ops._pool import GlobalPool


class Mean(GlobalPool):
    """y = sum of valid x_t / max(number of valid steps, 1), per feature.

    Over an image [height, width, features]: of all its places.

    Mask: masked steps are left out; the result has none.
    Example: (x: float[T, 2] ragged) -> y: float[2] { x -> mean }
    """
