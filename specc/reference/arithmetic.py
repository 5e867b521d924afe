"""y = a op b, element by element."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from specc.ops.arithmetic import Arithmetic, Operator
from specc.reference._alignment import align
from specc.reference._steps import Masks
from specc.reference.elementwise import maximum, minimum
from specc.reference.tape import Value

OPERATORS: dict[Operator, Callable[[Value, Value], Value]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "min": minimum,
    "max": maximum,
}


def arithmetic(
    op: Arithmetic, weights: Mapping[str, Value], masks: Masks, a: Value, b: Value
) -> Value:
    """y = a op b; the axes of the narrower side stand where the op says."""
    return OPERATORS[op.operator](*align(a, b, op.left, op.right))
