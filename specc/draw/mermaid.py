"""A diagram as a Mermaid flowchart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from specc.draw.diagram import Box, Diagram
from specc.draw.fold import fold
from specc.draw.frames import Frame, Item, frame_boxes, heading

PLAIN = re.compile(r"[^A-Za-z0-9 .,()=+*/_:-]")
"""What is not plainly text in Mermaid is written as a number."""
STYLES = (
    "classDef input fill:#dafbe1,stroke:#4ac26b",
    "classDef output fill:#fff8c5,stroke:#d4a72c",
    "classDef weighted fill:#ddf4ff,stroke:#54aeff",
    "classDef shared fill:#ddf4ff,stroke:#54aeff,stroke-dasharray:5 3",
)
"""A node takes one of these: Mermaid refuses two."""


def draw_mermaid(diagram: Diagram) -> str:
    """The whole text. Nodes are `n` and a number, whatever they are called."""
    root, boxes = fold(frame_boxes(diagram.boxes), diagram.boxes)
    lines = ["flowchart TD", *(f"  {style}" for style in STYLES)]
    drawn: list[int] = []
    lines += _items(root.items, boxes, "  ", drawn)
    for number in drawn:
        for source, output in boxes[number].inputs:
            label = _quoted(boxes[source].types[output])
            lines.append(f"  n{source} -->|{label}| n{number}")
    return "\n".join(lines)


def _items(
    items: Sequence[Item], boxes: Sequence[Box], indent: str, drawn: list[int]
) -> Iterator[str]:
    for item in items:
        if isinstance(item, Frame):
            yield f"{indent}subgraph f{item.start}_{item.stop} [{_title(item)}]"
            yield from _items(item.items, boxes, f"{indent}  ", drawn)
            yield f"{indent}end"
            continue
        drawn.append(item)
        yield f"{indent}n{item}{_shape(boxes[item])}{_class(boxes[item])}"


def _title(frame: Frame) -> str:
    return _quoted(heading(frame) or " ")


def _shape(box: Box) -> str:
    lines = [box.text, box.note] if box.note else [box.text]
    text = "<br/>".join(map(_escaped, lines))
    return f'["{text}"]' if box.kind == "layer" else f'(["{text}"])'


def _class(box: Box) -> str:
    kind = "weighted" if box.weighted else ""
    name = "shared" if box.shared else kind if box.kind == "layer" else box.kind
    return f":::{name}" if name else ""


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return PLAIN.sub(lambda found: f"#{ord(found[0])};", text)
