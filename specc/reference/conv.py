"""Convolution along time or over an image."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.conv import Conv
from specc.reference._functions import apply_function
from specc.reference._steps import Masks, valid_steps
from specc.reference._windows import padding_around, place_windows, tap, taps
from specc.reference.arrays import concatenate, matmul, pad
from specc.reference.elementwise import where
from specc.reference.tape import Value, zeros


def conv(op: Conv, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y_t = act(sum_k x_{s t + d k - p} W_k + b); masked steps are read as zeros.

    W: [kernel.., in / groups, filters]. Group g reads the g-th part of the channels and
    makes the g-th part of the filters.
    """
    reach = (op.kernel_size - 1) * op.dilation + 1
    windows = place_windows(x.shape[1:-1], reach, op.stride, op.padding)
    seen = where(valid_steps(masks[0], x), x, 0.0)
    padded = pad(seen, padding_around(windows))
    channels = x.shape[-1] // op.groups
    filters = op.filters // op.groups
    counts = tuple(one.count for one in windows)
    results = []
    for group in range(op.groups):
        read = slice(group * channels, (group + 1) * channels)
        made = slice(group * filters, (group + 1) * filters)
        y = zeros((x.shape[0], *counts, filters), x.dtype)
        for k in taps(op.kernel_size, windows):
            x_k = tap(padded, windows, k, op.dilation)[..., read]
            y = y + matmul(x_k, weights["W"][(*k, slice(None), made)])
        results.append(y)
    y = concatenate(results, axis=-1)
    if "b" in weights:
        y = y + weights["b"]
    return apply_function(op.activation, y)
