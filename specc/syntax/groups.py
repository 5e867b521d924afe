"""A text as the formatter sees it: words, brackets within brackets, and comments."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence as Row

from msgspec import Struct

from specc.syntax.tokens import DECLARATION_WORDS


class Comment(Struct, frozen=True):
    """A comment; `own_line` if nothing else stood on its line."""

    text: str
    own_line: bool


class Word(Struct, frozen=True):
    """A token. `glued`: no space before it. `broken`: the author put it on a new line.

    Its type is the terminal's, but `WORD` for a word of the language, `NAME` for every
    other one, and `NEGATIVE` for a minus sign with nothing on its left.
    """

    type: str
    text: str
    glued: bool
    broken: bool
    comments: tuple[Comment, ...] = ()

    @property
    def width(self) -> int | None:
        return None if self.comments else len(self.text)

    @property
    def forced(self) -> bool:
        return bool(self.comments)


class Sequence(Struct, frozen=True):
    """Words and groups in a row: a statement, or one element of a group.

    `width` is its length on one line, None if it can never be on one. `forced`: the
    author spread it over several lines, and it stays so.
    """

    nodes: tuple[Node, ...]
    width: int | None
    forced: bool


class Group(Struct, frozen=True):
    """`( ... )` or `[ ... ]`; every element but the last ends in its comma."""

    opener: Word
    elements: tuple[Sequence, ...]
    closer: Word
    width: int | None
    forced: bool


class Item(Struct, frozen=True):
    """A statement with the comment behind it, or a comment on a line of its own."""

    sequence: Sequence | None
    comment: str | None
    blank_before: bool


class Block(Struct, frozen=True):
    """`{ ... }`."""

    opener: Word
    items: tuple[Item, ...]
    closer: Word
    width: int | None
    forced: bool


Node = Word | Group | Block


def opener_of(node: Node) -> Word:
    """The first word of a node."""
    return node if isinstance(node, Word) else node.opener


def closer_of(node: Node) -> Word:
    """The last word of a node."""
    return node if isinstance(node, Word) else node.closer


def is_declaration(nodes: Row[Node]) -> bool:
    """Whether a row is a whole declaration, whose arrow is no step of a flow."""
    return opener_of(nodes[0]).text in DECLARATION_WORDS


def row_width(nodes: Iterable[Node]) -> int | None:
    """The length of nodes on one line, None if they never fit on one."""
    total = 0
    for position, node in enumerate(nodes):
        if node.width is None:
            return None
        total += node.width + (position > 0 and not opener_of(node).glued)
    return total


def prefix_width(nodes: Row[Node]) -> int:
    """The length up to where the line can first be broken inside a bracket."""
    total = 0
    for node in nodes:
        total += not opener_of(node).glued
        length = unbroken_length(node)
        if length is None:
            return total + 1
        total += length
    return total


def unbroken_length(node: Node) -> int | None:
    """The length of a word, or of sizes as in `h[units]`, which stay together."""
    if isinstance(node, Word):
        return len(node.text)
    is_sizes = node.opener.type == "LEFT_BRACKET" and node.opener.glued
    return node.width if is_sizes else None
