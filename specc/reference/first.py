"""The first step."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.first import First
from specc.reference._steps import Masks, valid_steps
from specc.reference.elementwise import where
from specc.reference.tape import Value, zeros


def first(op: First, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y = x_t at the first valid step; 0 where no step is valid."""
    valid = valid_steps(masks[0], x)
    y = zeros((x.shape[0], *x.shape[2:]), x.dtype)
    found = np.zeros_like(valid[:, :1].all(axis=1))
    for t in range(x.shape[1]):
        y = where(valid[:, t] & ~found, x[:, t], y)
        found = found | valid[:, t]
    return y
