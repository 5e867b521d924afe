"""The lines the formatter has written, and the comments that wait for a line's end."""

from __future__ import annotations

from msgspec import Struct, field

from specc.syntax.groups import Comment, Word


class Page(Struct):
    """The lines so far, each with the comment behind it, and the one being written."""

    lines: list[tuple[str, str | None]] = field(default_factory=list)
    text: str = ""
    pending: list[Comment] = field(default_factory=list)

    @property
    def column(self) -> int:
        return len(self.text)

    def newline(self, indent: int) -> None:
        """End the line, with the comments that wait, and begin one at `indent`."""
        behind = None
        if self.pending and not self.pending[0].own_line:
            behind = self.pending.pop(0).text
        self.lines.append((self.text.rstrip(), behind))
        self.lines += [(" " * indent + comment.text, None) for comment in self.pending]
        self.pending.clear()
        self.text = " " * indent

    def space(self) -> None:
        if self.text and not self.text.endswith(" "):
            self.text += " "

    def word(self, word: Word, indent: int) -> None:
        """Write a word; on a new line if a comment stands before it."""
        if self.pending:
            self.newline(indent)
        self.text += word.text
        self.pending += word.comments
