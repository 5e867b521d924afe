"""y = [a, b, ...] along the features, or along an axis of steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from specc.ops.concat import Concat
from specc.reference._steps import Masks
from specc.reference.arrays import broadcast_to, concatenate, reshape, take
from specc.reference.tape import Flags, Ids, Value

Item = Value | Ids | Flags


def concat(
    op: Concat, weights: Mapping[str, Value], masks: Masks, *inputs: Item
) -> Item:
    """y = [a, b, ...]; a value without the axis of steps is one step."""
    floats = [x for x in inputs if isinstance(x, Value)]
    if op.place is None:
        leading = np.broadcast_shapes(*(x.shape[:-1] for x in floats))
        wide = [broadcast_to(x, (*leading, x.shape[-1])) for x in floats]
        return concatenate(wide, axis=-1)
    rank = max(x.ndim for x in inputs)
    parts: list[Item] = [one_step(x) if x.ndim < rank else x for x in inputs]
    axis, values = op.place + 1, [x for x in parts if isinstance(x, Value)]
    joined: Item = (
        concatenate(values, axis)
        if values
        else np.concatenate([np.asarray(x) for x in parts], axis)
    )
    known = [m for m in masks if m is not None]
    if not known:
        return joined
    most = max(m.ndim for m in known)
    return closed_up(joined, [m if m.ndim == most else m[:, None] for m in known])


def closed_up(x: Item, masks: Sequence[Flags]) -> Item:
    """Every part begins where the one before ends in its row; the rest comes last."""
    batch, steps = x.shape[:2]
    order = np.zeros((batch, steps), int)
    for row in range(batch):
        first: list[int] = []
        rest: list[int] = []
        start = 0
        for mask in masks:
            valid = mask[row].reshape(mask.shape[1], -1)
            (found,) = np.nonzero(valid.any(axis=-1))
            end = start + int(found[-1] + 1 if len(found) else 0)
            first += range(start, end)
            rest += range(end, start + len(valid))
            start += len(valid)
        order[row] = first + rest
    places = order + steps * np.arange(batch)[:, None]
    if isinstance(x, Value):
        return take(reshape(x, (batch * steps, *x.shape[2:])), places)
    return np.reshape(x, (batch * steps, *x.shape[2:]))[places]


def one_step(x: Item) -> Item:
    """A value as a sequence of one step."""
    shape = (x.shape[0], 1, *x.shape[1:])
    return reshape(x, shape) if isinstance(x, Value) else np.reshape(x, shape)
