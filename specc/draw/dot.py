"""A diagram as a graph for Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specc.draw.diagram import Box, Diagram
from specc.draw.fold import fold
from specc.draw.frames import Frame, Item, frame_boxes, heading

COLORS = {"input": "#dafbe1", "output": "#fff8c5", "layer": "#ffffff"}
WEIGHTED = "#ddf4ff"


def draw_dot(diagram: Diagram) -> str:
    """The whole text. Nodes are `n` and a number, whatever they are called."""
    root, boxes = fold(frame_boxes(diagram.boxes), diagram.boxes)
    lines = [
        "digraph {",
        f"  label={_quoted(diagram.name)} labelloc=t",
        '  node [shape=box style="filled,rounded" fontname="monospace" fontsize=11]',
        '  edge [fontname="monospace" fontsize=10]',
    ]
    drawn: list[int] = []
    lines += _items(root.items, boxes, "  ", drawn)
    for number in drawn:
        for source, output in boxes[number].inputs:
            label = _quoted(boxes[source].types[output])
            lines.append(f"  n{source} -> n{number} [label={label}]")
    return "\n".join([*lines, "}"])


def _items(
    items: Sequence[Item], boxes: Sequence[Box], indent: str, drawn: list[int]
) -> Iterator[str]:
    for item in items:
        if isinstance(item, Frame):
            yield f"{indent}subgraph cluster_{item.start}_{item.stop} {{"
            yield f"{indent}  label={_quoted(heading(item))}"
            yield from _items(item.items, boxes, f"{indent}  ", drawn)
            yield f"{indent}}}"
            continue
        drawn.append(item)
        yield f"{indent}n{item} [{_attributes(boxes[item])}]"


def _attributes(box: Box) -> str:
    text = f"{box.text}\n{box.note}" if box.note else box.text
    color = WEIGHTED if box.weighted else COLORS[box.kind]
    found = f'label={_quoted(text)} fillcolor="{color}"'
    return f'{found} style="filled,rounded,dashed"' if box.shared else found


def _quoted(text: str) -> str:
    """A quoted string of DOT: no text in it can end it or become an escape."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{safe}"'
