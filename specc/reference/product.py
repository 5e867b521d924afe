"""A sum over the last axis of both sides."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.product import Product
from specc.reference._steps import Masks
from specc.reference.arrays import matmul, reshape, sum_over, transpose
from specc.reference.tape import Value


def product(
    op: Product, weights: Mapping[str, Value], masks: Masks, a: Value, b: Value
) -> Value:
    """y_i = sum_j a_{ij} b_j.  a: [B, ..., in] with any axes in between, b: [B, in]."""
    if a.ndim == 3 and a.shape[0] == 1:  # one matrix for the whole batch
        return matmul(b, transpose(a[0]))
    between = (1,) * (a.ndim - 2)
    return sum_over(a * reshape(b, (b.shape[0], *between, b.shape[1])), axis=-1)
