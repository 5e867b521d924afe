"""Windows along time: where they lie, and what their taps see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from specc.ops._window import Padding
from specc.reference.tape import Flags, Value

Steps = TypeVar("Steps", Value, Flags)


@dataclass(frozen=True, slots=True)
class Windows:
    """`count` windows, `stride` apart, over steps padded `before` and `after`."""

    before: int
    after: int
    count: int
    stride: int

    def tap(self, padded: Steps, offset: int) -> Steps:
        """What every window sees at an offset from its start: [B, count, ...]."""
        return padded[:, offset : offset + self.count * self.stride : self.stride]


def place_windows(steps: int, reach: int, stride: int, padding: Padding) -> Windows:
    """Windows that reach over `reach` steps each.

    valid: as many as fit. same: ceil(steps / stride) of them, what they lack padded
    half before (rounded down) and half after. causal: as many, padded before, so that
    a window ends where it stands.
    """
    if padding == "valid":
        return Windows(0, 0, max(0, (steps - reach) // stride + 1), stride)
    count = -(-steps // stride)
    if padding == "causal":
        return Windows(reach - 1, 0, count, stride)
    lacking = max(0, (count - 1) * stride + reach - steps)
    return Windows(lacking // 2, lacking - lacking // 2, count, stride)
