"""A diagram in words, for those who do not see it, and types as short text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from specc.draw.diagram import Box
from specc.draw.frames import Frame, heading

TIMES = "\N{MULTIPLICATION SIGN}"


def types_text(types: Sequence[str]) -> str:
    """The types beside a line; equal ones that follow each other are counted."""
    counted = [(type, len(list(group))) for type, group in groupby(types)]
    parts = (f"{n} {TIMES} {type}" if n > 1 else type for type, n in counted)
    return ", ".join(parts)


def described(root: Frame, boxes: Sequence[Box]) -> str:
    """A sentence for every box and frame, in the order of the diagram."""
    return " ".join(_sentences(root, boxes))


def _sentences(frame: Frame, boxes: Sequence[Box]) -> Iterator[str]:
    for item in frame.items:
        if isinstance(item, Frame):
            yield f"Block {heading(item)}:"
            yield from _sentences(item, boxes)
            yield f"End of {heading(item)}."
        else:
            yield _sentence(boxes[item], boxes)


def _sentence(box: Box, boxes: Sequence[Box]) -> str:
    name = {"input": "Input ", "output": "Output "}.get(box.kind, "") + box.text
    sources = dict.fromkeys(boxes[number].text for number, _ in box.inputs)
    parts = [
        box.note,
        f"reads {' and '.join(sources)}" if sources else "",
        f"gives {types_text(box.types)}" if box.types else "",
    ]
    return f"{', '.join([name, *filter(None, parts)])}."
