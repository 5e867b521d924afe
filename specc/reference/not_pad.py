"""The mask of ids."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.not_pad import NotPad
from specc.reference._steps import Masks
from specc.reference.tape import Flags, Ids, Value


def not_pad(op: NotPad, weights: Mapping[str, Value], masks: Masks, ids: Ids) -> Flags:
    """y_t = (id_t != pad)."""
    return np.not_equal(ids, op.pad)
