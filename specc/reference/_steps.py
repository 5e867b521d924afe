"""Which steps of a sequence count."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from specc.reference.tape import Flags, Value

Masks: TypeAlias = tuple[Flags | None, ...]
"""One entry per input of a layer: [B, T], or None where every step counts."""


def valid_steps(mask: Flags | None, x: Value) -> Flags:
    """[B, T, 1, ...], as many axes as x has: true where a step counts."""
    batch, steps = x.shape[:2]
    valid = np.ones((batch, steps), bool) if mask is None else mask
    return valid.reshape(batch, steps, *(1 for _ in x.shape[2:]))
