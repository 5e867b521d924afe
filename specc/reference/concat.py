"""y = [a, b, ...] along the features."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.concat import Concat
from specc.reference._steps import Masks
from specc.reference.arrays import broadcast_to, concatenate
from specc.reference.tape import Value


def concat(
    op: Concat, weights: Mapping[str, Value], masks: Masks, *inputs: Value
) -> Value:
    """y = [a, b, ...] along the last axis."""
    leading = np.broadcast_shapes(*(x.shape[:-1] for x in inputs))
    parts = [broadcast_to(x, (*leading, x.shape[-1])) for x in inputs]
    return concatenate(parts, axis=-1)
