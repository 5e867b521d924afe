"""Functions of one number, element by element."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.function import Function
from specc.reference._functions import apply_function
from specc.reference._steps import Masks
from specc.reference.tape import Value


def function(
    op: Function, weights: Mapping[str, Value], masks: Masks, x: Value
) -> Value:
    """y = f(x)."""
    return apply_function(op.function, x)
