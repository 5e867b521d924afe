"""The mask of a value laid out over two axes of steps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.outer_mask import OuterMask
from specc.reference._steps import Masks
from specc.reference.tape import Flags, Value


def outer_mask(
    op: OuterMask, weights: Mapping[str, Value], masks: Masks, a: Flags, b: Flags
) -> Flags:
    """y_{ts} = a_t and b_s."""
    letters = "".join(chr(ord("a") + place) for place in {*op.left, *op.right})
    left, right = ("".join(letters[p] for p in side) for side in (op.left, op.right))
    both = np.einsum(f"z{left},z{right}->z{letters}", a.astype(int), b.astype(int))
    return np.asarray(both > 0, bool)
