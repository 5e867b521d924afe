"""Ids to vectors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.embed import Embed
from specc.reference._steps import Masks
from specc.reference.arrays import take
from specc.reference.elementwise import where
from specc.reference.tape import Ids, Value


def embed(op: Embed, weights: Mapping[str, Value], masks: Masks, ids: Ids) -> Value:
    """y = table[id]; NaN where the id is not in the table, negative ones included."""
    table = weights["table"]
    known = (ids >= 0) & (ids < table.shape[0])
    rows = take(table, np.where(known, ids, 0))
    return where(known[..., None], rows, np.nan)
