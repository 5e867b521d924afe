"""A convolution the other way round, along time or over an image."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from specc.ops.transposed import Transposed
from specc.reference._functions import apply_function
from specc.reference._steps import Masks
from specc.reference.arrays import matmul, pad, transpose
from specc.reference.tape import Value, zeros


def transposed(
    op: Transposed, weights: Mapping[str, Value], masks: Masks, x: Value
) -> Value:
    """y_u = act(sum over t, k with s t + k - p = u of W_k x_t + b)."""
    s, kernel = op.stride, op.kernel_size
    p = max(kernel - s, 0) // 2 if op.padding == "same" else 0
    more = max(kernel - s, 0) if op.padding == "valid" else 0
    sizes = [t * s + more for t in x.shape[1:-1]]
    y = zeros((x.shape[0], *sizes, op.filters), x.dtype)
    for t in product(*map(range, x.shape[1:-1])):
        for k in product(range(kernel), repeat=len(t)):
            u = [s * t_i + k_i - p for t_i, k_i in zip(t, k, strict=True)]
            if any(not 0 <= u_i < size for u_i, size in zip(u, sizes, strict=True)):
                continue
            x_t = x[(slice(None), *(slice(t_i, t_i + 1) for t_i in t))]
            part = matmul(x_t, transpose(weights["W"][k]))
            places = zip(u, sizes, strict=True)
            around = [(u_i, size - u_i - 1) for u_i, size in places]
            y = y + pad(part, [(0, 0), *around, (0, 0)])
    if "b" in weights:
        y = y + weights["b"]
    return apply_function(op.activation, y)
