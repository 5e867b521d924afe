"""A vector for every place of a sequence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.positions import Positions
from specc.reference._result import Result
from specc.reference._steps import Masks
from specc.reference.arrays import broadcast_to, take
from specc.reference.elementwise import where
from specc.reference.tape import Dtype, Flags, Ids, Value, constant


def positions(
    op: Positions,
    weights: Mapping[str, Value],
    masks: Masks,
    x: Value | Ids | Flags,
    *,
    result: Result,
) -> Value:
    """y_t = table[t], NaN beyond the table; or sines and cosines of t."""
    batch, steps = x.shape[:2]
    if op.kind == "learned":
        rows = _rows(weights["table"], steps)
    else:
        rows = _waves(op.dim, steps, result.dtype)
    return broadcast_to(rows[None], (batch, steps, op.dim))


def _rows(table: Value, steps: int) -> Value:
    places = np.arange(steps)
    known = places < table.shape[0]
    return where(known[:, None], take(table, np.where(known, places, 0)), np.nan)


def _waves(dim: int, steps: int, dtype: Dtype) -> Value:
    """y_{t, 2i} = sin(t / 10000^(2i / dim)), y_{t, 2i + 1} = cos of the same."""
    rates = constant([10000 ** (-2 * i / dim) for i in range(dim // 2)], dtype)
    angles = np.arange(steps).astype(dtype)[:, None] * rates.data
    y = np.zeros((steps, dim), dtype)
    y[:, 0::2] = np.sin(angles)
    y[:, 1::2] = np.cos(angles)
    return Value(y)
