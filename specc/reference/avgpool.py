"""y_t = mean of a window, padding left out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.avgpool import Avgpool
from specc.reference._steps import Masks, valid_steps
from specc.reference._windows import padding_around, place_windows, tap, taps
from specc.reference.arrays import pad
from specc.reference.elementwise import where
from specc.reference.tape import Value, zeros


def avgpool(op: Avgpool, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y_t = mean of the valid of x_{s t} ... x_{s t + size - 1}; 0 if none is valid."""
    windows = place_windows(x.shape[1:-1], op.size, op.step, op.padding)
    counts = tuple(one.count for one in windows)
    valid = valid_steps(masks[0], x)
    around = padding_around(windows)
    padded_valid = np.pad(valid, around)
    padded = pad(where(valid, x, 0.0), around)
    total = zeros((x.shape[0], *counts, x.shape[-1]), x.dtype)
    count = np.zeros((x.shape[0], *counts, 1), int)
    for place in taps(op.size, windows):
        total = total + tap(padded, windows, place)
        count = count + tap(padded_valid, windows, place)
    return total / np.maximum(count, 1)
