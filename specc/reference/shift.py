"""Every step moves later."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.shift import Shift
from specc.reference._steps import Masks, valid_steps
from specc.reference.arrays import pad_steps
from specc.reference.elementwise import where
from specc.reference.tape import Ids, Value


def shift(
    op: Shift, weights: Mapping[str, Value], masks: Masks, x: Value | Ids
) -> Value | Ids:
    """y_t = x_{t - n}, and 0 for t < n. A float at a masked step is read as 0."""
    steps = x.shape[1]
    if isinstance(x, Value):
        seen = where(valid_steps(masks[0], x), x, 0.0)
        return pad_steps(seen, op.n, 0)[:, :steps]
    widths = [(0, 0), (op.n, 0), *((0, 0) for _ in x.shape[2:])]
    return np.pad(x, widths)[:, :steps]
