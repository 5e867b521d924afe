"""The last step first."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.reverse import Reverse
from specc.reference._steps import Masks
from specc.reference.arrays import reshape, take
from specc.reference.tape import Flags, Ids, Value


def reverse(
    op: Reverse, weights: Mapping[str, Value], masks: Masks, x: Value | Ids | Flags
) -> Value | Ids | Flags:
    """The k-th valid step of a row takes what the k-th from the end holds."""
    batch, steps = x.shape[:2]
    taken = np.arange(batch * steps).reshape(batch, steps)
    for row in range(batch):
        valid = np.ones(steps, bool) if masks[0] is None else masks[0][row]
        taken[row, valid] = taken[row, valid][::-1]
    if not isinstance(x, Value):
        return x.reshape(batch * steps)[taken]
    return take(reshape(x, (batch * steps, *x.shape[2:])), taken)
