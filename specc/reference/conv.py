"""Convolution along time."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.conv import Conv
from specc.reference._functions import apply_function
from specc.reference._steps import Masks, valid_steps
from specc.reference._windows import place_windows
from specc.reference.arrays import concatenate, matmul, pad_steps
from specc.reference.elementwise import where
from specc.reference.tape import Value, zeros


def conv(op: Conv, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y_t = act(sum_k x_{s t + d k - p} W_k + b); masked steps are read as zeros.

    W: [kernel, in / groups, filters]. Group g reads the g-th part of the channels and
    makes the g-th part of the filters.
    """
    reach = (op.kernel_size - 1) * op.dilation + 1
    windows = place_windows(x.shape[1], reach, op.stride, op.padding)
    seen = where(valid_steps(masks[0], x), x, 0.0)
    padded = pad_steps(seen, windows.before, windows.after)
    channels = x.shape[2] // op.groups
    filters = op.filters // op.groups
    results = []
    for group in range(op.groups):
        read = slice(group * channels, (group + 1) * channels)
        made = slice(group * filters, (group + 1) * filters)
        y = zeros((x.shape[0], windows.count, filters), x.dtype)
        for k in range(op.kernel_size):
            tap = windows.tap(padded[:, :, read], k * op.dilation)
            y = y + matmul(tap, weights["W"][k, :, made])
        results.append(y)
    y = concatenate(results, axis=-1)
    if "b" in weights:
        y = y + weights["b"]
    return apply_function(op.activation, y)
