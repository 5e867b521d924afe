"""y = a + b + ..., element by element."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.add import Add
from specc.reference._alignment import align
from specc.reference._steps import Masks
from specc.reference.tape import Value


def add(op: Add, weights: Mapping[str, Value], masks: Masks, *inputs: Value) -> Value:
    """y = a + b + ..., element by element."""
    y = inputs[0]
    for x in inputs[1:]:
        a, b = align(y, x)
        y = a + b
    return y
