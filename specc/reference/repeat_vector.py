"""A vector at each of n steps."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.repeat_vector import RepeatVector
from specc.reference._steps import Masks
from specc.reference.arrays import stack
from specc.reference.tape import Value


def repeat_vector(
    op: RepeatVector, weights: Mapping[str, Value], masks: Masks, x: Value
) -> Value:
    """y_t = x for every t < n."""
    return stack([x] * op.n, axis=1)
