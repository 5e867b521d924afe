"""Every feature convolved on its own, along time or over an image."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.depthwise import Depthwise
from specc.ops.separable import Separable
from specc.reference._functions import apply_function
from specc.reference._steps import Masks, valid_steps
from specc.reference._windows import padding_around, place_windows, tap, taps
from specc.reference.arrays import pad, reshape, stack
from specc.reference.elementwise import where
from specc.reference.tape import Value, zeros


def depthwise(
    op: Depthwise, weights: Mapping[str, Value], masks: Masks, x: Value
) -> Value:
    """y_{t, c m + n} = act(sum_k x_{s t + d k - p, c} W_kcn + b_{c m + n})."""
    y = convolve_each(op, weights["W"], masks, x)
    if "b" in weights:
        y = y + weights["b"]
    return apply_function(op.activation, y)


def convolve_each(op: Depthwise | Separable, w: Value, masks: Masks, x: Value) -> Value:
    """y_{t, c m + n} = sum_k x_{s t + d k - p, c} w_kcn; masked steps are zeros."""
    reach = (op.kernel_size - 1) * op.dilation + 1
    windows = place_windows(x.shape[1:-1], reach, op.stride, op.padding)
    seen = where(valid_steps(masks[0], x), x, 0.0)
    padded = pad(seen, padding_around(windows))
    shape = (x.shape[0], *(one.count for one in windows), x.shape[-1])
    results = []
    for n in range(op.multiplier):
        y = zeros(shape, x.dtype)
        for k in taps(op.kernel_size, windows):
            w_kn = w[(*k, slice(None), n)]
            y = y + tap(padded, windows, k, op.dilation) * w_kn
        results.append(y)
    made = shape[-1] * op.multiplier
    return reshape(stack(results, axis=len(shape)), (*shape[:-1], made))
