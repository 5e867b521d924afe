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
    """y_t = x_{t // n}."""
    if not isinstance(x, Value):
        return x[:, np.arange(x.shape[1] * op.n) // op.n]
    batch, steps, *rest = x.shape
    return reshape(stack([x] * op.n, axis=2), (batch, steps * op.n, *rest))
