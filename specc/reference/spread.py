"""A value laid out along axes that another has."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.spread import Spread
from specc.reference._steps import Masks
from specc.reference.arrays import broadcast_to, reshape
from specc.reference.tape import Value


def spread(
    op: Spread, weights: Mapping[str, Value], masks: Masks, v: Value, x: Value
) -> Value:
    """y_tj = v_j, for every step t of x."""
    steps = x.shape[1:-1]
    own = [size if place in op.places else 1 for place, size in enumerate(steps)]
    return broadcast_to(
        reshape(v, (v.shape[0], *own, v.shape[-1])), (x.shape[0], *steps, v.shape[-1])
    )
