"""All axes into one."""

from __future__ import annotations

import math
from collections.abc import Mapping

from specc.ops.flatten import Flatten
from specc.reference._steps import Masks
from specc.reference.arrays import reshape
from specc.reference.tape import Value


def flatten(op: Flatten, weights: Mapping[str, Value], masks: Masks, x: Value) -> Value:
    """y = all numbers of x in one axis, the last axis fastest."""
    return reshape(x, (x.shape[0], math.prod(x.shape[1:])))
