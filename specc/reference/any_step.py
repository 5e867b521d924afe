"""The mask of an axis of sequences."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.any_step import AnyStep
from specc.reference._steps import Masks
from specc.reference.tape import Flags, Value


def any_step(
    op: AnyStep, weights: Mapping[str, Value], masks: Masks, x: Flags
) -> Flags:
    """y_t = x_{t, 1} or x_{t, 2} or ..."""
    axis = -1 if op.axis is None else op.axis + 1
    return np.asarray(np.any(x, axis=axis), bool)
