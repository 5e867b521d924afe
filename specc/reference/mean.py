"""The mean over time, or over an image."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.mean import Mean
from specc.reference._steps import (
    Masks,
    places_that_count,
    steps_in_one_axis,
    valid_steps,
)
from specc.reference.arrays import sum_over
from specc.reference.elementwise import where
from specc.reference.tape import Ids, Value


def mean(op: Mean, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y = sum of valid x_t / max(number of valid steps, 1), per feature."""
    if op.axis is not None:
        counts = places_that_count(masks[0], x)
        total = sum_over(where(counts, x, 0.0), axis=op.axis + 1)
        number: Ids = counts.sum(axis=op.axis + 1)
        return total / np.maximum(number, 1)
    x = steps_in_one_axis(x)
    valid = valid_steps(masks[0], x)
    total = sum_over(where(valid, x, 0.0), axis=1)
    count: Ids = valid.sum(axis=1)
    return total / np.maximum(count, 1)
