"""Steps to rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.fold import Fold
from specc.reference._steps import Masks
from specc.reference.arrays import reshape
from specc.reference.tape import Flags, Ids, Value


def fold(
    op: Fold, weights: Mapping[str, Value], masks: Masks, x: Value | Ids | Flags
) -> Value | Ids | Flags:
    """y_{b T + t} = x_{b, t}."""
    shape = (x.shape[0] * x.shape[1], *x.shape[2:])
    return reshape(x, shape) if isinstance(x, Value) else np.reshape(x, shape)
