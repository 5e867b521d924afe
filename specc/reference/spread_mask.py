"""The mask of a value that has axes without padding before the one that has some."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.spread_mask import SpreadMask
from specc.reference._steps import Masks
from specc.reference.tape import Flags, Value


def spread_mask(
    op: SpreadMask, weights: Mapping[str, Value], masks: Masks, mask: Flags, x: Value
) -> Flags:
    """y_{ts} = mask_s, for every step t of x."""
    rank = op.places[-1] + 1
    new = tuple(place + 1 for place in range(rank) if place not in op.places)
    return np.broadcast_to(np.expand_dims(mask, new), x.shape[: rank + 1])
