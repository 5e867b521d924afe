"""Steps left out at the start and the end."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.crop import Crop
from specc.reference._steps import Masks
from specc.reference.tape import Flags, Ids, Value


def crop(
    op: Crop, weights: Mapping[str, Value], masks: Masks, x: Value | Ids | Flags
) -> Value | Ids | Flags:
    """y_t = x_{start + t}, without the last `stop` steps; an image on both axes."""
    kept = x[:, op.start : x.shape[1] - op.stop]
    if x.ndim < 4:
        return kept
    return kept[:, :, op.start : x.shape[2] - op.stop]
