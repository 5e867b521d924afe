"""Patterns of valid steps: which steps of each row of a batch count."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from specc.verify.arrays import Flags

Pattern: TypeAlias = Callable[[tuple[int, ...], int, np.random.Generator], Flags]
"""From the mask's shape [rows, T, ...] and the place of the input among the others."""


def ragged(shape: tuple[int, ...], place: int, generator: np.random.Generator) -> Flags:
    """Valid steps first: all of them, one, none, then as chance will have it.

    A single row has about half of its steps. Another input has its lengths in other
    rows.
    """
    rows, steps, *inner = shape
    counts = generator.integers(1, steps + 1, rows)
    counts[:3] = [steps, 1, 0][:rows]
    if rows == 1:
        counts[:] = steps // 2 + 1
    if rows == 2:
        counts[:] = [steps, 0]
    mask = np.arange(steps) < np.roll(counts, place)[:, None]
    for size in inner:
        counts = generator.integers(1, size + 1, mask.shape)
        mask = mask[..., None] & (np.arange(size) < counts[..., None])
    return mask


def all_valid(
    shape: tuple[int, ...], place: int, generator: np.random.Generator
) -> Flags:
    """Every step counts."""
    return np.ones(shape, np.bool_)


def holes(shape: tuple[int, ...], place: int, generator: np.random.Generator) -> Flags:
    """Padding anywhere, also before and between valid steps."""
    mask = generator.random(shape) < 0.6
    mask[0, ::2], mask[0, 1::2] = False, True
    mask[1:2, ::2], mask[1:2, 1::2] = True, False
    return mask


PATTERNS: dict[str, Pattern] = {"ragged": ragged, "full": all_valid, "holes": holes}
"""The batches of several rows that a model with masks is given."""
