"""Every step of one sequence beside every step of another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.pair import Pair
from specc.reference._steps import Masks
from specc.reference.arrays import broadcast_to
from specc.reference.tape import Flags, Ids, Value

Item = Value | Ids | Flags


def pair(
    op: Pair, weights: Mapping[str, Value], masks: Masks, h: Item, u: Item
) -> tuple[Item, Item]:
    """a_ts = h_t and b_ts = u_s."""
    batch = max(h.shape[0], u.shape[0])
    places = (batch, h.shape[1], u.shape[1])
    return (
        _spread(h[:, :, None], (*places, *h.shape[2:])),
        _spread(u[:, None], (*places, *u.shape[2:])),
    )


def _spread(x: Item, shape: tuple[int, ...]) -> Item:
    if isinstance(x, Value):
        return broadcast_to(x, shape)
    return x + np.zeros(shape, x.dtype) if x.dtype != bool else x & np.ones(shape, bool)
