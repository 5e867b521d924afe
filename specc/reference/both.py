"""The mask of a merged value."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.both import Both
from specc.reference._steps import Masks
from specc.reference.tape import Flags, Value


def both(
    op: Both, weights: Mapping[str, Value], masks: Masks, a: Flags, b: Flags
) -> Flags:
    """y = a and b, of two masks."""
    return a & b
