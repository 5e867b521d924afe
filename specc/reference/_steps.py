"""Which steps of a sequence count."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from specc.reference.arrays import reshape
from specc.reference.tape import Flags, Floats, Value

Masks: TypeAlias = tuple[Flags | None, ...]
"""One entry per input of a layer: [B, T], or None where every step counts."""


def valid_steps(mask: Flags | None, x: Value) -> Flags:
    """[B, T, ..., 1], as many axes as x has: true where a step, or place, counts."""
    if mask is None:
        return np.ones((*x.shape[:-1], 1) if x.ndim > 2 else x.shape, bool)
    return mask.reshape(*mask.shape, *(1 for _ in x.shape[mask.ndim :]))


def places_that_count(mask: Flags | None, x: Value) -> Flags:
    """In the shape of x: true where a step counts, on whichever axes those are."""
    counts = np.ones(x.shape, bool)
    return counts if mask is None else counts & valid_steps(mask, x)


def largest(x: Value, counts: Flags, axis: int) -> Floats:
    """The largest that counts along an axis, which stays; 0 where none does."""
    real = np.where(counts, x.data.real, -np.inf)
    top = real.max(axis=axis, keepdims=True, initial=-np.inf)
    found: Floats = np.where(np.isfinite(top), top, 0.0).astype(x.dtype)
    return found


def steps_in_one_axis(x: Value) -> Value:
    """The places of an image as steps, one row after the other: [B, H W, features]."""
    if x.ndim != 4:
        return x
    batch, height, width, features = x.shape
    return reshape(x, (batch, height * width, features))
