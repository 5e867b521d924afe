"""A value that is the same for every example, once for each of them."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.each_example import EachExample
from specc.reference._steps import Masks
from specc.reference.arrays import broadcast_to
from specc.reference.tape import Flags, Ids, Value


def each_example(
    op: EachExample,
    weights: Mapping[str, Value],
    masks: Masks,
    w: Value,
    like: Value | Ids | Flags,
) -> Value:
    """y_b = w."""
    return broadcast_to(w, (like.shape[0], *w.shape[1:]))
