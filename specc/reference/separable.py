"""Each feature convolved on its own, then all of them mixed."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.separable import Separable
from specc.reference._functions import apply_function
from specc.reference._steps import Masks
from specc.reference.arrays import matmul, reshape
from specc.reference.depthwise import convolve_each
from specc.reference.tape import Value


def separable(
    op: Separable, weights: Mapping[str, Value], masks: Masks, x: Value
) -> Value:
    """u_{t, c m + n} = sum_k x_{s t + d k - p, c} D_kcn; y_t = act(u_t P_0 + b)."""
    u = convolve_each(op, weights["D"], masks, x)
    y = matmul(u, reshape(weights["P"], weights["P"].shape[-2:]))
    if "b" in weights:
        y = y + weights["b"]
    return apply_function(op.activation, y)
