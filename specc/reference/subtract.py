"""y = a - b, element by element."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.subtract import Subtract
from specc.reference._steps import Masks
from specc.reference.tape import Value


def subtract(
    op: Subtract, weights: Mapping[str, Value], masks: Masks, a: Value, b: Value
) -> Value:
    """y = a - b, element by element."""
    return a - b
