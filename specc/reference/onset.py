"""A vector at the first of n steps, and zeros after it."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.onset import Onset
from specc.reference._steps import Masks
from specc.reference.arrays import stack
from specc.reference.tape import Value, zeros


def onset(op: Onset, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y_0 = x, and y_t = 0 for 0 < t < n."""
    silence = [zeros(x.shape, x.dtype)] * (op.n - 1)
    return stack([x, *silence], axis=1)
