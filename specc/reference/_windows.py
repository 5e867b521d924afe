"""Windows along time or over an image: where they lie, and what their taps see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeVar

from msgspec import Struct

from specc.ops._window import Padding
from specc.reference.tape import Flags, Value

Steps = TypeVar("Steps", Value, Flags)


class Windows(Struct, frozen=True):
    """`count` windows, `stride` apart, over steps padded `before` and `after`."""

    before: int
    after: int
    count: int
    stride: int

    def seen(self, offset: int) -> slice:
        """The steps that the windows see at an offset from their starts."""
        return slice(offset, offset + self.count * self.stride, self.stride)


def place_windows(
    sizes: Sequence[int], reach: int, stride: int, padding: Padding
) -> tuple[Windows, ...]:
    """Windows that reach over `reach` steps each, along every axis of steps.

    valid: as many as fit; a number: as many as fit with so many zeros on either side.
    same: ceil(steps / stride) of them, what they lack padded half before (rounded down)
    and half after. causal: as many, padded before, so that
    a window ends where it stands.
    """
    return tuple(_along(steps, reach, stride, padding) for steps in sizes)


def _along(steps: int, reach: int, stride: int, padding: Padding) -> Windows:
    if padding == "valid" or isinstance(padding, int):
        around = padding if isinstance(padding, int) else 0
        count = max(0, (steps + 2 * around - reach) // stride + 1)
        return Windows(around, around, count, stride)
    count = -(-steps // stride)
    if padding == "causal":
        return Windows(reach - 1, 0, count, stride)
    lacking = max(0, (count - 1) * stride + reach - steps)
    return Windows(lacking // 2, lacking - lacking // 2, count, stride)


def padding_around(windows: Sequence[Windows]) -> list[tuple[int, int]]:
    """What stands around `[B, steps.., features]`, as `numpy.pad` takes it."""
    return [(0, 0), *((one.before, one.after) for one in windows), (0, 0)]


def taps(size: int, windows: Sequence[Windows]) -> Iterator[tuple[int, ...]]:
    """The place of every tap in a window of `size` steps along each axis."""
    return product(range(size), repeat=len(windows))


def tap(
    padded: Steps, windows: Sequence[Windows], place: Sequence[int], dilation: int = 1
) -> Steps:
    """What every window sees at a place in it: [B, counts.., features]."""
    index = [slice(None)]
    for one, offset in zip(windows, place, strict=True):
        index.append(one.seen(offset * dilation))
    return padded[tuple(index)]
