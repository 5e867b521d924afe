"""Ids to vectors that are 1 in one place."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.one_hot import OneHot
from specc.reference._result import Result
from specc.reference._steps import Masks
from specc.reference.tape import Ids, Value, constant


def one_hot(
    op: OneHot, weights: Mapping[str, Value], masks: Masks, ids: Ids, *, result: Result
) -> Value:
    """y_i = 1 where i is the id, else 0; NaN where the id is not below the bound."""
    places = np.arange(result.type.last.at({}))
    known = (ids >= 0) & (ids < len(places))
    y = np.where(known[..., None], ids[..., None] == places, np.nan)
    return constant(y, result.dtype)
