"""y_t = mean of a window, padding left out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.avgpool import Avgpool
from specc.reference._steps import Masks, valid_steps
from specc.reference._windows import place_windows
from specc.reference.arrays import pad_steps
from specc.reference.elementwise import where
from specc.reference.tape import Value, zeros


def avgpool(op: Avgpool, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y_t = mean of the valid of x_{s t} ... x_{s t + size - 1}; 0 if none is valid."""
    windows = place_windows(x.shape[1], op.size, op.step, op.padding)
    valid = valid_steps(masks[0], x)
    around = ((0, 0), (windows.before, windows.after), (0, 0))
    padded_valid = np.pad(valid, around)
    padded = pad_steps(where(valid, x, 0.0), windows.before, windows.after)
    total = zeros((x.shape[0], windows.count, x.shape[2]), x.dtype)
    count = np.zeros((x.shape[0], windows.count, 1), int)
    for offset in range(op.size):
        total = total + windows.tap(padded, offset)
        count = count + windows.tap(padded_valid, offset)
    return total / np.maximum(count, 1)
