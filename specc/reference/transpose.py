"""Rows become columns."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.transpose import Transpose
from specc.reference._steps import Masks
from specc.reference.arrays import stack
from specc.reference.tape import Value


def transpose(
    op: Transpose, weights: Mapping[str, Value], masks: Masks, x: Value
) -> Value:
    """y_ji = x_ij."""
    return stack([x[:, :, j] for j in range(x.shape[2])], axis=1)
