"""Every step n times."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.upsample import Upsample
from specc.reference._steps import Masks
from specc.reference.arrays import reshape, stack
from specc.reference.tape import Flags, Ids, Value


def upsample(
    op: Upsample, weights: Mapping[str, Value], masks: Masks, x: Value | Ids | Flags
) -> Value | Ids | Flags:
    """y_t = x_{t // n}; an image on both axes."""
    if not isinstance(x, Value):
        return x[:, np.arange(x.shape[1] * op.n) // op.n]
    taller = repeated(x, op.n, 1)
    return repeated(taller, op.n, 2) if x.ndim == 4 else taller


def repeated(x: Value, times: int, axis: int) -> Value:
    """Everything along an axis as often as said, one after the other."""
    shape = (*x.shape[:axis], x.shape[axis] * times, *x.shape[axis + 1 :])
    return reshape(stack([x] * times, axis=axis + 1), shape)
