"""The features taken apart."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.split import Split
from specc.reference._steps import Masks
from specc.reference.tape import Value


def split(
    op: Split, weights: Mapping[str, Value], masks: Masks, x: Value
) -> tuple[Value, ...]:
    """a, b, ... = the features in parts that lie side by side."""
    widths = op.sizes
    if len(widths) == 1:
        widths = (x.shape[-1] // widths[0],) * widths[0]
    parts, start = [], 0
    for width in widths:
        parts.append(x[..., start : start + width])
        start += width
    return tuple(parts)
