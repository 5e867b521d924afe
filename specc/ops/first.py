"""`first`: the first step."""

from __future__ import annotations

from specc.ops._pool import Reduction


class First(Reduction):
    """y = x_t at the first valid step; y = 0 where no step is valid.

    Mask: masked steps are left out; the result has none.
    Example: (x: float[T, 2] ragged) -> y: float[2] { x -> first }
    """
