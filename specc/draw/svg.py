"""A diagram as SVG: no script, no link, no font of its own."""

from __future__ import annotations

from collections.abc import Iterator

from specc.diagnostics.visible import columns
from specc.draw.area import Area, Label, Line, Rectangle
from specc.draw.diagram import Box, Diagram
from specc.draw.fold import fold
from specc.draw.frames import Frame, frame_boxes, heading
from specc.draw.layout import LINE_HEIGHT, SHEET, SMALL, lay_out, text_lines
from specc.draw.words import described

MARGIN = 24.0
HEAD = 52.0
"""Above the diagram, for the model's name."""
STYLE = (
    "text{font-family:'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:12px;"
    "fill:#1f2328}"
    ".s{font-size:11px;fill:#656d76}"
    ".t{font-size:11px;fill:#57606a;font-weight:bold}"
    ".h{font-size:15px;font-weight:bold}"
    ".m{text-anchor:middle}"
    "rect{stroke:#8c959f;stroke-width:1;fill:#fff}"
    ".w{fill:#ddf4ff;stroke:#54aeff}"
    ".d{stroke-dasharray:5 3}"
    ".i{fill:#dafbe1;stroke:#4ac26b}"
    ".o{fill:#fff8c5;stroke:#d4a72c}"
    ".f{fill:#f6f8fa;stroke:#afb8c1}"
    ".b{fill:#f6f8fa;stroke:none}"
    ".p{fill:#fff;stroke:none}"
    ".l{fill:none;stroke:#57606a;stroke-width:1.2}"
    ".a{fill:#57606a}"
)
DARK = (
    "text{fill:#e6edf3}"
    ".s,.t{fill:#9198a1}"
    "rect{stroke:#6e7681;fill:#21262d}"
    ".w{fill:#0c2d6b;stroke:#388bfd}"
    ".i{fill:#033a16;stroke:#2ea043}"
    ".o{fill:#341a00;stroke:#bb8009}"
    ".f{fill:#161b22;stroke:#3d444d}"
    ".b{fill:#161b22;stroke:none}"
    ".p{fill:#0d1117;stroke:none}"
    ".l{stroke:#9198a1}"
    ".a{fill:#9198a1}"
)
"""The colours where the reader's screen is dark."""
BEND = 0.7
"""How far down a line still goes straight on while it bends."""
CLASSES = {"input": "i", "output": "o", "layer": ""}


def draw_svg(diagram: Diagram) -> str:
    """The whole file. The same diagram gives the same bytes."""
    root, boxes = fold(frame_boxes(diagram.boxes), diagram.boxes)
    area = lay_out(root, boxes)
    title = max(len(diagram.name) * 9.1, len(diagram.note) * SMALL)
    width = max(area.width, title) + 2 * MARGIN
    height = area.height + HEAD + 2 * MARGIN
    x, y = (width - area.width) / 2, MARGIN + HEAD
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_number(width)}" '
        f'height="{_number(height)}" '
        f'viewBox="0 0 {_number(width)} {_number(height)}" role="img">',
        f"<title>{_escaped(diagram.name)}, {_escaped(diagram.note)}</title>",
        f"<desc>{_escaped(described(root, boxes))}</desc>",
        f"<style>{STYLE}@media(prefers-color-scheme:dark){{{DARK}}}</style>",
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path class="a" d="M0 0.5L7.5 4L0 7.5z"/>'
        "</marker></defs>",
        f'<rect class="p" width="{_number(width)}" height="{_number(height)}"/>',
        _text(MARGIN, MARGIN + 12.0, diagram.name, "h"),
        _text(MARGIN, MARGIN + 30.0, diagram.note, "s"),
        f'<g transform="translate({_number(x)} {_number(y)})">',
        *_content(area, boxes),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines)


def _content(area: Area, boxes: tuple[Box, ...]) -> Iterator[str]:
    """Frames behind lines behind boxes, text in front."""
    for frame, rectangle in area.frames:
        yield from _frame_shape(frame, rectangle)
    yield from map(_line, area.lines)
    for number, rectangle in area.boxes:
        yield from _box(boxes[number], rectangle)
    for frame, rectangle in area.frames:
        yield from _frame_text(frame, rectangle)
    yield from map(_label, area.labels)


def _frame_shape(frame: Frame, rectangle: Rectangle) -> Iterator[str]:
    """A frame, with sheets behind it where it stands for several."""
    for sheet in (2, 1) if frame.times > 1 else ():
        yield _shape(rectangle.moved(sheet * SHEET, sheet * SHEET), "f", 6)
    yield _shape(rectangle, "f", 6)


def _frame_text(frame: Frame, rectangle: Rectangle) -> Iterator[str]:
    """The heading, on a ground of its own: a line may come in behind it."""
    text = heading(frame)
    if not text:
        return
    ground = Rectangle(
        rectangle.x + 6.0, rectangle.y + 4.0, columns(text) * SMALL + 8, 16
    )
    yield _shape(ground, "b", 0)
    yield _text(rectangle.x + 10.0, rectangle.y + 16.0, text, "t")


def _box(box: Box, rectangle: Rectangle) -> Iterator[str]:
    kind = CLASSES[box.kind] or ("w" if box.weighted else "")
    round_corners = 4 if box.kind == "layer" else 13
    yield _shape(rectangle, f"{kind} d" if box.shared else kind, round_corners)
    middle = rectangle.x + rectangle.width / 2
    y = rectangle.y + 17.5
    for line in text_lines(box):
        yield _text(middle, y, line, "m")
        y += LINE_HEIGHT
    if box.note:
        yield _text(middle, y, box.note, "s m")


def _shape(rectangle: Rectangle, kind: str, round_corners: int) -> str:
    kind = f' class="{kind}"' if kind else ""
    return (
        f'<rect{kind} x="{_number(rectangle.x)}" y="{_number(rectangle.y)}" '
        f'width="{_number(rectangle.width)}" height="{_number(rectangle.height)}" '
        f'rx="{round_corners}"/>'
    )


def _line(line: Line) -> str:
    """Down, over in one curve, and down again."""
    x, y, to_x = _number(line.x), _number(line.y), _number(line.to_x)
    end = ' marker-end="url(#a)"' if line.arrow else ""
    path = f"M{x} {y}V{_number(line.bend)}"
    if x != to_x:
        reach = (line.turn - line.bend) * BEND
        over, under = _number(line.bend + reach), _number(line.turn - reach)
        path += f"C{x} {over} {to_x} {under} {to_x} {_number(line.turn)}"
    path += f"V{_number(line.to_y)}"
    return f'<path class="l" d="{path}"{end}/>'


def _label(label: Label) -> str:
    return _text(label.x, label.y, label.text, "s")


def _text(x: float, y: float, text: str, kind: str) -> str:
    at = f'x="{_number(x)}" y="{_number(y)}"'
    return f'<text class="{kind}" {at}>{_escaped(text)}</text>'


def _number(value: float) -> str:
    """At most one digit behind the point, and never `-0`."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def _escaped(text: str) -> str:
    """Text that no markup can come out of; control characters are gone already."""
    for character, entity in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ('"', "&quot;"),
        ("'", "&#39;"),
    ):
        text = text.replace(character, entity)
    return text
