"""`first`: the first step."""

from __future__ import annotations

from specc.ops._pool import Reduction


class First(Reduction):
    """y = x_t at the first valid step; 0 where no step is valid."""
