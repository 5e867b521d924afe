"""y_t = max of a window, padding left out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.maxpool import Maxpool
from specc.reference._steps import Masks, valid_steps
from specc.reference._windows import place_windows
from specc.reference.arrays import pad_steps
from specc.reference.elementwise import where
from specc.reference.tape import Value, zeros


def maxpool(op: Maxpool, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y_t = max of the valid of x_{s t} ... x_{s t + size - 1}; 0 if none is valid.

    Of equal steps the first is taken, and has the gradient.
    """
    windows = place_windows(x.shape[1], op.size, op.step, op.padding)
    valid = valid_steps(masks[0], x)
    around = ((0, 0), (windows.before, windows.after), (0, 0))
    padded_valid = np.pad(valid, around)
    padded = pad_steps(x, windows.before, windows.after)
    best = zeros((x.shape[0], windows.count, x.shape[2]), x.dtype)
    found = np.zeros((x.shape[0], windows.count, 1), bool)
    for offset in range(op.size):
        candidate = windows.tap(padded, offset)
        counts = windows.tap(padded_valid, offset)
        better = counts & (~found | (candidate.data.real > best.data.real))
        best = where(better, candidate, best)
        found = found | counts
    return best
