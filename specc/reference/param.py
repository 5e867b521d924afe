"""The weights that a block owns."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.param import Param
from specc.reference._steps import Masks
from specc.reference.tape import Value


def param(op: Param, weights: Mapping[str, Value], masks: Masks) -> tuple[Value, ...]:
    """Each of them, with a batch axis of length 1."""
    return tuple(weights[one.name][None] for one in op.owned)
