"""The mask of a windowed sequence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.window_mask import WindowMask
from specc.reference._steps import Masks
from specc.reference._windows import place_windows
from specc.reference.tape import Flags, Value


def window_mask(
    op: WindowMask, weights: Mapping[str, Value], masks: Masks, x: Flags
) -> Flags:
    """y_t = x_{s t} and ... and x_{s t + kernel - 1}."""
    (windows,) = place_windows(x.shape[1:], op.kernel, op.stride, "valid")
    y = np.ones((x.shape[0], windows.count), bool)
    for offset in range(op.kernel):
        y &= x[:, windows.seen(offset)]
    return y
