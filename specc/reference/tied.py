"""The table of an embedding as output projection."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.tied import Tied
from specc.reference._steps import Masks
from specc.reference.arrays import matmul, transpose
from specc.reference.tape import Value


def tied(op: Tied, weights: Mapping[str, Value], masks: Masks, h: Value) -> Value:
    """y = h E'."""
    return matmul(h, transpose(weights["table"]))
