"""Rows back to steps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.unfold import Unfold
from specc.reference._steps import Masks
from specc.reference.arrays import reshape
from specc.reference.tape import Flags, Ids, Value

Item = Value | Ids | Flags


def unfold(
    op: Unfold, weights: Mapping[str, Value], masks: Masks, x: Item, before: Item
) -> Item:
    """y_{b, t} = x_{b T + t}."""
    shape = (*before.shape[:2], *x.shape[1:])
    return reshape(x, shape) if isinstance(x, Value) else np.reshape(x, shape)
