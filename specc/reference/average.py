"""y = (a + b + ...) / n, element by element."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.average import Average
from specc.reference._steps import Masks
from specc.reference.tape import Value


def average(
    op: Average, weights: Mapping[str, Value], masks: Masks, *inputs: Value
) -> Value:
    """y = (a + b + ...) / n for n values, element by element."""
    total = inputs[0]
    for x in inputs[1:]:
        total = total + x
    return total / len(inputs)
