"""The last step."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.last import Last
from specc.reference._steps import Masks, valid_steps
from specc.reference.elementwise import where
from specc.reference.tape import Value, zeros


def last(op: Last, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y = x_t at the last valid step; 0 where no step is valid."""
    valid = valid_steps(masks[0], x)
    y = zeros((x.shape[0], *x.shape[2:]), x.dtype)
    for t in range(x.shape[1]):
        y = where(valid[:, t], x[:, t], y)
    return y
