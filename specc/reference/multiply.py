"""y = a b ..., element by element."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.multiply import Multiply
from specc.reference._steps import Masks
from specc.reference.tape import Value


def multiply(
    op: Multiply, weights: Mapping[str, Value], masks: Masks, *inputs: Value
) -> Value:
    """y = a b ..., element by element."""
    y = inputs[0]
    for x in inputs[1:]:
        y = y * x
    return y
