"""What is laid out: boxes, frames, lines and labels, each at its place."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from specc.draw.diagram import Value
from specc.draw.frames import Frame


class Rectangle(Struct, frozen=True):
    """Left, top, width and height."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, x: float, y: float) -> Rectangle:
        return Rectangle(self.x + x, self.y + y, self.width, self.height)


class Line(Struct, frozen=True):
    """Down from one point to another; it bends between `bend` and its end `turn`."""

    x: float
    y: float
    to_x: float
    to_y: float
    bend: float
    turn: float
    arrow: bool

    def moved(self, x: float, y: float) -> Line:
        return replace(
            self,
            x=self.x + x,
            y=self.y + y,
            to_x=self.to_x + x,
            to_y=self.to_y + y,
            bend=self.bend + y,
            turn=self.turn + y,
        )


class Label(Struct, frozen=True):
    """Text that begins at a point on its base line."""

    x: float
    y: float
    text: str

    def moved(self, x: float, y: float) -> Label:
        return Label(self.x + x, self.y + y, self.text)


class Area(Struct):
    """What was laid out, from its own upper left corner; frames the outermost first."""

    width: float = 0.0
    height: float = 0.0
    ins: dict[Value, float] = field(default_factory=dict)
    outs: dict[Value, float] = field(default_factory=dict)
    leave: float = 0.0
    """Where lines leave: above the lower edge, by as much as labels need."""
    is_box: bool = False
    is_ordered: bool = False
    """Lines come in from left to right in the order of what is read."""
    boxes: list[tuple[int, Rectangle]] = field(default_factory=list)
    frames: list[tuple[Frame, Rectangle]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)


def put(area: Area, inner: Area, x: float, y: float) -> None:
    """Lay an area into another, its upper left corner at a point."""
    area.boxes += [(number, r.moved(x, y)) for number, r in inner.boxes]
    area.frames += [(frame, r.moved(x, y)) for frame, r in inner.frames]
    area.lines += [line.moved(x, y) for line in inner.lines]
    area.labels += [label.moved(x, y) for label in inner.labels]
