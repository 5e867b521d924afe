"""`last`: the last step."""

from __future__ import annotations

from specc.ops._pool import Reduction


class Last(Reduction):
    """y = x_t at the last valid step; 0 where no step is valid."""
