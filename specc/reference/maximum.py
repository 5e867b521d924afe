"""y = max(a, b, ...), element by element."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.maximum import Maximum
from specc.reference import elementwise
from specc.reference._steps import Masks
from specc.reference.tape import Value


def maximum(
    op: Maximum, weights: Mapping[str, Value], masks: Masks, *inputs: Value
) -> Value:
    """y = max(a, b, ...), element by element, one after the other."""
    y = inputs[0]
    for x in inputs[1:]:
        y = elementwise.maximum(y, x)
    return y
