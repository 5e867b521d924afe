"""Every number of one vector times every number of another."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.outer import Outer
from specc.reference._steps import Masks
from specc.reference.arrays import reshape
from specc.reference.tape import Value


def outer(
    op: Outer, weights: Mapping[str, Value], masks: Masks, a: Value, b: Value
) -> Value:
    """y_ij = a_i b_j."""
    columns = reshape(a, (*a.shape, 1))
    return columns * reshape(b, (*b.shape[:-1], 1, b.shape[-1]))
