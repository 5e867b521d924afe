"""Lines of a source with carets and labels under them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from specc.diagnostics.model import Label
from specc.diagnostics.visible import columns, visible
from specc.text import Source

Ink = Literal["plain", "strong", "gutter", "error", "warning", "other", "help"]
Row = tuple[tuple[str, Ink], ...]

TAB = 4
# A longer line is shown in part, around each of its labels.
LONGEST_LINE = 120
BEFORE_LABEL = 40
# A label over more lines than this shows its first and its last line only.
MOST_LINES = 3


class Mark(Struct, frozen=True):
    """Carets under characters `start` to `stop` (exclusive, from 0) of one line."""

    line: int
    start: int
    stop: int
    sign: str
    ink: Ink
    text: str


class Excerpt(Struct, frozen=True):
    """A line, or a part of it, as shown.

    `edges[i]` is the column where character `first + i` of the line begins.
    """

    first: int
    text: str
    edges: tuple[int, ...]

    def column(self, character: int) -> int:
        """Column of a character of the line, or the nearest one shown."""
        index = max(0, character - self.first)
        return self.edges[min(index, len(self.edges) - 1)]


def label_marks(label: Label, sign: str, ink: Ink) -> Iterator[Mark]:
    """The marks of a label, one a line; the text stands under the last."""
    source, end_of_text = label.span.source, len(label.span.source.text)
    start = min(label.span.start, end_of_text)
    stop = min(label.span.stop, end_of_text)
    first, first_column = source.position(start)
    last, last_column = source.position(max(start, stop - 1))
    lines: Iterable[int] = range(first, last + 1)
    if last - first >= MOST_LINES:
        lines = (first, last)
    for number in lines:
        line = source.line(number)
        begin, end, text = len(line) - len(line.lstrip()), len(line), ""
        if number == first:
            begin = first_column - 1
        if number == last:
            end, text = min(end, last_column), label.text
        if begin < end or number in (first, last):
            # An empty span, or one past the end of its line, still gets one caret.
            yield Mark(number, begin, max(end, begin + 1), sign, ink, text)


def snippet(source: Source, marks: Iterable[Mark], gutter: int) -> Iterator[Row]:
    """The marked lines in order, each with its carets under it.

    `gutter` is the width of the line numbers. A single line between two marked ones
    is shown as well; where more are left out stands `...`.
    """
    by_line: dict[int, list[Mark]] = {}
    for mark in sorted(marks, key=lambda mark: (mark.line, mark.start, mark.stop)):
        by_line.setdefault(mark.line, []).append(mark)
    previous = None
    for number, here in by_line.items():
        if previous is not None and number == previous + 2:
            line = source.line(previous + 1)
            yield _source_row(previous + 1, _excerpt(line, 0), gutter)
        elif previous is not None and number > previous + 2:
            yield (("...", "gutter"),)
        yield from _marked_line(source, number, here, gutter)
        previous = number


def _marked_line(
    source: Source, number: int, marks: list[Mark], gutter: int
) -> Iterator[Row]:
    line = source.line(number)
    groups = [(0, marks)]
    if len(line) > LONGEST_LINE:
        groups = [(max(0, mark.start - BEFORE_LABEL), [mark]) for mark in marks]
    for first, group in groups:
        excerpt = _excerpt(line, first)
        yield _source_row(number, excerpt, gutter)
        for mark in group:
            yield _caret_row(mark, excerpt, gutter)


def _excerpt(line: str, first: int) -> Excerpt:
    first = max(0, min(first, len(line) - LONGEST_LINE))
    text = "..." if first else ""
    edges = [len(text)]
    pieces = [text]
    for character in line[first : first + LONGEST_LINE]:
        piece = visible(character)
        if character == "\t":
            piece = " " * (TAB - edges[-1] % TAB)
        pieces.append(piece)
        edges.append(edges[-1] + columns(piece))
    if first + LONGEST_LINE < len(line):
        pieces.append("...")
    return Excerpt(first, "".join(pieces), tuple(edges))


def _source_row(number: int, excerpt: Excerpt, gutter: int) -> Row:
    text = excerpt.text.rstrip()
    margin = f"{number:>{gutter}} |"
    return ((margin, "gutter"), (f" {text}" if text else "", "plain"))


def _caret_row(mark: Mark, excerpt: Excerpt, gutter: int) -> Row:
    start = excerpt.column(mark.start)
    carets = mark.sign * max(1, excerpt.column(mark.stop) - start)
    text = f" {visible(mark.text)}" if mark.text else ""
    margin = " " * gutter + " |"
    return ((margin, "gutter"), (" " * (start + 1), "plain"), (carets + text, mark.ink))
