"""Where everything stands: frames laid out from the inside to the outside.

A frame is laid out by itself. What its items read from outside comes in at ports on its
upper edge, what others read of it leaves at ports on its lower edge; outside, the frame
is then one node with those ports. So no line ever crosses a box.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap

from msgspec import Struct

from specc.diagnostics.visible import columns
from specc.draw.area import Area, Label, Line, Rectangle, put
from specc.draw.diagram import Box, Value
from specc.draw.frames import Frame, Item, bounds, heading
from specc.draw.stack import stack
from specc.draw.words import types_text

TEXT, SMALL = 7.23, 6.63
"""The width of a character, in the size of a layer's text and in the small one."""
LINE, LINES = 50, 4
"""How many characters of a layer's text stand in a line, and how many lines."""
BOX_HEIGHT, LINE_HEIGHT, NOTE_HEIGHT = 26.0, 15.0, 15.0
LABEL_HEIGHT = 20.0
SIDE, TOP, BOTTOM = 16.0, 30.0, 12.0
"""The margins within a frame."""
SHEET = 4.0
"""How far the sheets behind a repeated frame stand out."""
SPREAD = 32.0
"""Between two lines at one edge of a box."""


def lay_out(root: Frame, boxes: Sequence[Box]) -> Area:
    """Places for everything in a frame and the frames within it."""
    readers: dict[Value, list[int]] = {}
    for number in _members(root):
        for value in boxes[number].inputs:
            readers.setdefault(value, []).append(number)
    given: dict[int, list[Value]] = {}
    for value in sorted(readers):
        given.setdefault(value[0], []).append(value)
    return _Layout(boxes, readers, given).level(root.items, (), ())


def _members(item: Item) -> Iterable[int]:
    if isinstance(item, int):
        yield item
        return
    for inner in item.items:
        yield from _members(inner)


class _Layout(Struct, frozen=True):
    boxes: Sequence[Box]
    readers: Mapping[Value, Sequence[int]]
    given: Mapping[int, Sequence[Value]]

    def level(
        self, items: Sequence[Item], ins: Sequence[Value], outs: Sequence[Value]
    ) -> Area:
        """The items of one frame, below its `ins` and above its `outs`."""
        areas = [Area(ins={value: 0.0}, outs={value: 0.0}) for value in ins]
        areas += [self.item(item) for item in items]
        areas += [Area(ins={value: 0.0}) for value in outs]
        last = [
            number
            for number, item in enumerate(items, len(ins))
            if isinstance(item, int) and self.boxes[item].kind == "output"
        ]
        last += range(len(areas) - len(outs), len(areas))
        through = enumerate(range(len(areas) - len(outs), len(areas)))
        alike = len(ins) == len(outs)
        return stack(areas, len(ins), last, list(through) if alike else ())

    def reads(self, item: Item) -> list[Value]:
        """What an item reads from outside, in order."""
        start, stop = bounds(item)
        found = (value for n in _members(item) for value in self.boxes[n].inputs)
        return [v for v in dict.fromkeys(found) if not start <= v[0] < stop]

    def gives(self, item: Item) -> list[Value]:
        """What is read of an item by others."""
        start, stop = bounds(item)
        found = (value for n in _members(item) for value in self.given.get(n, ()))
        return [v for v in found if any(not start <= r < stop for r in self.readers[v])]

    def item(self, item: Item) -> Area:
        ins, outs = self.reads(item), self.gives(item)
        if isinstance(item, int):
            return _box(item, self.boxes[item], ins, outs)
        return _framed(item, self.level(item.items, ins, outs))


def text_lines(box: Box) -> list[str]:
    """A box's text as it stands in it; what is very long ends in dots."""
    return wrap(box.text, LINE, max_lines=LINES, placeholder=" ...") or [""]


def _box(number: int, box: Box, ins: Sequence[Value], outs: Sequence[Value]) -> Area:
    lines = text_lines(box)
    height = BOX_HEIGHT + LINE_HEIGHT * (len(lines) - 1)
    height += NOTE_HEIGHT if box.note else 0.0
    inner = max(*(columns(line) * TEXT for line in lines), columns(box.note) * SMALL)
    width = max(inner + 24.0, 56.0, SPREAD * max(len(ins), len(outs)))
    area = Area(width, height, is_box=True, is_ordered=box.ordered)
    area.boxes = [(number, Rectangle(0.0, 0.0, width, height))]
    area.ins = {value: _at(k, len(ins), width) for k, value in enumerate(ins)}
    area.outs = {value: _at(k, len(outs), width) for k, value in enumerate(outs)}
    if outs:
        text = types_text([box.types[output] for _, output in outs])
        x = max(area.outs.values()) + 8.0
        area.labels = [Label(x, height + LABEL_HEIGHT - 6.0, text)]
        area.width = max(width, x + columns(text) * SMALL)
        area.height, area.leave = height + LABEL_HEIGHT, LABEL_HEIGHT
    return area


def _at(place: int, count: int, width: float) -> float:
    """The place of one of several lines at an edge: about the middle."""
    return width / 2 + (place - (count - 1) / 2) * SPREAD


def _framed(frame: Frame, inner: Area) -> Area:
    """The area with margins, a border and a title."""
    title = (columns(heading(frame)) + 4) * TEXT
    width = max(inner.width + 2 * SIDE, title + 2 * SIDE)
    x = (width - inner.width) / 2
    height = inner.height + TOP + BOTTOM
    sheet = 2 * SHEET if frame.times > 1 else 0.0
    area = Area(width + sheet, height + sheet, leave=sheet)
    area.frames = [(frame, Rectangle(0.0, 0.0, width, height))]
    put(area, inner, x, TOP)
    area.ins = {value: at + x for value, at in inner.ins.items()}
    area.outs = {value: at + x for value, at in inner.outs.items()}
    for at in area.ins.values():
        area.lines.append(Line(at, 0.0, at, TOP, 0.0, TOP, False))
    for at in area.outs.values():
        down = height - BOTTOM
        area.lines.append(Line(at, down, at, height, down, height, False))
    return area
