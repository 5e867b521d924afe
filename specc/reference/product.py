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
    """y_ik = sum_j a_ij b_kj.  a, b: [B, ..., in] with any axes in between."""
    if a.ndim == 3 and a.shape[0] == 1 and b.ndim == 2:  # one matrix for all rows
        return matmul(b, transpose(a[0]))
    after, before = (1,) * (b.ndim - 2), (1,) * (a.ndim - 2)
    left = reshape(a, (*a.shape[:-1], *after, a.shape[-1]))
    right = reshape(b, (b.shape[0], *before, *b.shape[1:]))
    return sum_over(left * right, axis=-1)
