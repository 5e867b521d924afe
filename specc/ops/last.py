"""`last`: the last step."""

from __future__ import annotations

from specc.ops._pool import Reduction


class Last(Reduction):
    """y = x_t at the last valid step; y = 0 where no step is valid.

    Mask: masked steps are left out; the result has none.
    Example: (x: float[T, 2] ragged) -> y: float[2] { x -> last }
    """
