"""Source files and the spans that point into them."""

from __future__ import annotations

from bisect import bisect_right

from msgspec import Struct
from msgspec.structs import force_setattr


class Source(Struct, frozen=True, eq=False):
    """One file's text, decoded, with Unix line ends.

    `name` is what diagnostics print: the path as the user gave it, or `<text>`.
    `starts`, where lines start, follows from the text.
    """

    name: str
    text: str
    starts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        starts = [0]
        position = self.text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        force_setattr(self, "starts", tuple(starts))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1, in characters."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Text of a line (counted from 1), without its end."""
        start = self.starts[number - 1]
        stop = self.text.find("\n", start)
        return self.text[start:] if stop < 0 else self.text[start:stop]


class Span(Struct, frozen=True):
    """Characters `start` to `stop` (exclusive) of a source."""

    source: Source
    start: int
    stop: int

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.stop]

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of the other."""
        return Span(self.source, self.start, max(self.stop, other.stop))

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"
