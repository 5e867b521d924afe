"""Some of the numbers of a vector."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.section import Section
from specc.reference._steps import Masks
from specc.reference.tape import Value


def section(op: Section, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y_i = x_{start + i}, or the number x_start."""
    return x[..., op.start] if op.size is None else x[..., op.start : op.stop]
