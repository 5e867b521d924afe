"""y_t = max of a window, padding left out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.maxpool import Maxpool
from specc.reference._steps import Masks, valid_steps
from specc.reference._windows import padding_around, place_windows, tap, taps
from specc.reference.arrays import pad
from specc.reference.elementwise import where
from specc.reference.tape import Value, zeros


def maxpool(op: Maxpool, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y_t = max of the valid of x_{s t} ... x_{s t + size - 1}; 0 if none is valid.

    Of equal steps the first is taken, and has the gradient.
    """
    windows = place_windows(x.shape[1:-1], op.size, op.step, op.padding)
    counts = tuple(one.count for one in windows)
    valid = valid_steps(masks[0], x)
    around = padding_around(windows)
    padded_valid = np.pad(valid, around)
    padded = pad(x, around)
    best = zeros((x.shape[0], *counts, x.shape[-1]), x.dtype)
    found = np.zeros((x.shape[0], *counts, 1), bool)
    for place in taps(op.size, windows):
        candidate = tap(padded, windows, place)
        seen = tap(padded_valid, windows, place)
        better = seen & (~found | (candidate.data.real > best.data.real))
        best = where(better, candidate, best)
        found = found | seen
    return best
