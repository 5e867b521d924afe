"""Boxes in the frames of their blocks, frames within frames."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from specc.draw.diagram import Box


class Frame(Struct, frozen=True):
    """A block where it is used: its boxes and frames, in order.

    `start` to `stop` (exclusive) are the boxes it stands for, of which `items` shows
    the first repetition only where `times` is more than one.
    """

    title: str
    items: tuple[Item, ...]
    start: int
    stop: int
    times: int = 1


Item = int | Frame
"""What stands in a frame: a box by its number, or a frame."""


def frame_boxes(boxes: Sequence[Box]) -> Frame:
    """One frame around all boxes, with one for every block where it is used."""
    return Frame("", _items(boxes, 0, len(boxes), 0), 0, len(boxes))


def times_text(frame: Frame) -> str:
    """`x 8` for a frame that stands for eight, with a real multiplication sign."""
    return f"\N{MULTIPLICATION SIGN} {frame.times}" if frame.times > 1 else ""


def heading(frame: Frame) -> str:
    """The title, and how many the frame stands for."""
    return " ".join(part for part in (frame.title, times_text(frame)) if part)


def bounds(item: Item) -> tuple[int, int]:
    """The boxes an item stands for, from the first to behind the last."""
    return (item, item + 1) if isinstance(item, int) else (item.start, item.stop)


def base_name(name: str) -> str:
    """A name without its number: `tcn` for `tcn_3`."""
    return re.sub(r"_[0-9]+$", "", name)


def _items(boxes: Sequence[Box], start: int, stop: int, depth: int) -> tuple[Item, ...]:
    items: list[Item] = []
    while start < stop:
        end = _end(boxes, start, stop, depth)
        if end == start:
            items.append(start)
            start += 1
            continue
        items.append(_frame(boxes, start, end, depth))
        start = end
    return tuple(items)


def _frame(boxes: Sequence[Box], start: int, stop: int, depth: int) -> Frame:
    """A frame; one that holds but another becomes one with it."""
    title = boxes[start].path[depth]
    items = _items(boxes, start, stop, depth + 1)
    if len(items) == 1 and isinstance(items[0], Frame):
        inner = items[0]
        return Frame(f"{title} / {inner.title}", inner.items, start, stop)
    return Frame(title, items, start, stop)


def _end(boxes: Sequence[Box], start: int, stop: int, depth: int) -> int:
    """Where the frame that starts here ends; here, if none starts.

    A block that is used again starts again with the same box.
    """
    prefix = boxes[start].path[: depth + 1]
    if len(prefix) <= depth:
        return start
    end = start + 1
    while end < stop and boxes[end].path[: depth + 1] == prefix:
        if boxes[end].name == boxes[start].name:
            break
        end += 1
    return end
