"""The mask of a value without one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.every_step import EveryStep
from specc.reference._steps import Masks
from specc.reference.tape import Flags, Ids, Value


def every_step(
    op: EveryStep, weights: Mapping[str, Value], masks: Masks, x: Value | Ids | Flags
) -> Flags:
    """y_t = true, along the first axes of x."""
    return np.ones(x.shape[: op.axes + 1], bool)
