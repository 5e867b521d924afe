"""Documents: text with places where it may break; `printer` breaks it.

The model is that of Ruff's formatter (a descendant of Wadler's "A prettier printer"),
so that what is laid out here stays as it is under `ruff format`.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from msgspec import Struct

WIDTH = 88
STEP = 4


class Mark:
    """Marks a group, so that others can ask whether it is broken."""


class Line(Enum):
    """A place to break a line; unbroken, `SOFT` is nothing and `SPACE` is a space."""

    SOFT = ""
    SPACE = " "
    HARD = "\n"


class Group(Struct, frozen=True):
    """Breaks all of its own lines or none; with `expand`, whether they fit or not."""

    content: Document
    mark: Mark | None = None
    expand: bool = False


class GroupIfBroken(Struct, frozen=True):
    """A group where group `mark` is broken; plain content elsewhere."""

    content: Document
    mark: Mark


class Indent(Struct, frozen=True):
    """Content one level deeper; with a `mark`, only where that group is broken."""

    content: Document
    mark: Mark | None = None


class If(Struct, frozen=True):
    """Content only where the group around it, or group `mark`, is broken, or is not."""

    broken: bool
    content: Document
    mark: Mark | None = None


class FitsExpanded(Struct, frozen=True):
    """Content that may break without breaking what is around it.

    With a `mark`, only while that group is not broken.
    """

    content: Document
    mark: Mark | None = None


class Best(Struct, frozen=True):
    """The first of several ways whose first line fits, else the last."""

    variants: tuple[Document, ...]


class ParenthesizeIfHelps(Struct, frozen=True):
    """Content in parentheses on lines of its own where it then fits, else as it is."""

    content: Document
    mark: Mark


Document: TypeAlias = (
    "str | tuple[Document, ...] | Line | Group | GroupIfBroken | Indent | If | "
    "FitsExpanded | Best | ParenthesizeIfHelps"
)


def flat(document: Document) -> str:
    """The document on one line."""
    parts: list[str] = []
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            parts.append(node)
        elif isinstance(node, tuple):
            waiting += reversed(node)
        elif isinstance(node, Line):
            parts.append(node._value_)
        elif isinstance(node, Best):
            waiting.append(node.variants[0])
        elif not isinstance(node, If) or not node.broken:
            waiting.append(node.content)
    return "".join(parts)


def start(document: Document, room: int) -> str | None:
    """The document on one line, or the start of it where that is too long for the room.

    None if the whole of it cannot be told from its start: something in it may break
    though what is around does not, or somebody asks whether it is broken.
    """
    text = ""
    waiting = [document]
    while waiting and len(text) <= room:
        node = waiting.pop()
        if isinstance(node, str):
            text += node
        elif isinstance(node, tuple):
            waiting += reversed(node)
        elif isinstance(node, Line) and node is not Line.HARD:
            text += node._value_
        elif not isinstance(node, Group | Indent | If) or node.mark is not None:
            return None
        elif isinstance(node, If):
            waiting += () if node.broken else (node.content,)
        elif isinstance(node, Group) and node.expand:
            return None
        else:
            waiting.append(node.content)
    return text
