"""`max`: the largest over time."""

from __future__ import annotations

from specc.ops._pool import Reduction


class Max(Reduction):
    """y = max of valid x_t, per feature; 0 where no step is valid."""
