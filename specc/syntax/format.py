"""The one layout of a spec: same meaning, same comments, tidy lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from msgspec.structs import replace

from specc.syntax.grouping import read_items
from specc.syntax.groups import Item, opener_of
from specc.syntax.layout import WIDTH, lay_items
from specc.syntax.page import Page
from specc.syntax.parser import parse
from specc.syntax.tokens import cut
from specc.text import Source

# These may stand close together; every other declaration has a blank line around it.
_SHORT = frozenset({"const", "import"})


def format_text(source: Source) -> str:
    """The text in canonical layout. Raises `Failure` if it does not parse."""
    parse(source)
    items = read_items(cut(source.text))
    page = Page()
    lay_items(page, _spaced(items), 0)
    page.newline(0)
    return "\n".join(_with_comments(page.lines)) + "\n"


def _spaced(items: Sequence[Item]) -> list[Item]:
    """The declarations of a file with the blank lines there must be.

    Comments belong to the declaration under them.
    """
    spaced: list[Item] = []
    declared = ""
    for before, item in zip([None, *items[:-1]][::-1], items[::-1], strict=True):
        declared = _word(item) or declared
        needed = before is not None and _is_apart(_word(before), declared)
        spaced.append(replace(item, blank_before=item.blank_before or needed))
    return spaced[::-1]


def _is_apart(before: str, after: str) -> bool:
    """Whether a declaration and the next need a blank line between them."""
    if not before:
        return False
    return before not in _SHORT or (after not in _SHORT and after != "")


def _word(item: Item) -> str:
    """The word a declaration starts with, nothing for a comment."""
    return opener_of(item.sequence.nodes[0]).text if item.sequence else ""


def _with_comments(lines: Sequence[tuple[str, str | None]]) -> list[str]:
    """The lines as text; comments behind neighbouring lines stand in one column."""
    written: list[str] = []
    for commented, group in groupby(lines, key=lambda line: line[1] is not None):
        together = list(group)
        if not commented:
            written += [text for text, _ in together]
            continue
        column = max(len(text) for text, _ in together)
        longest = max(len(comment or "") for _, comment in together)
        if column + 2 + longest > WIDTH:
            column = 0
        written += [f"{text:<{column}}  {comment}" for text, comment in together]
    return written
