"""The largest over time, or over an image."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.max import Max
from specc.reference._steps import (
    Masks,
    places_that_count,
    steps_in_one_axis,
    valid_steps,
)
from specc.reference.arrays import max_over
from specc.reference.elementwise import where
from specc.reference.tape import Value


def max(op: Max, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y = max of valid x_t, per feature; 0 where no step is valid."""
    if op.axis is not None:
        counts = places_that_count(masks[0], x)
        y = max_over(where(counts, x, -np.inf), axis=op.axis + 1)
        return where(np.any(counts, axis=op.axis + 1), y, 0.0)
    x = steps_in_one_axis(x)
    valid = valid_steps(masks[0], x)
    y = max_over(where(valid, x, -np.inf), axis=1)
    return where(np.any(valid, axis=1), y, 0.0)
