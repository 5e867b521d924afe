"""What an op's docstring says of it: its equation, its mask, its source, an example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc

from msgspec import Struct

MARKED = ("Mask", "Source", "Example")
"""A line that begins with one of these and a colon begins a piece of its own."""
_MARK = re.compile(rf"^({'|'.join(MARKED)}): ?")
_HEAD = re.compile(r"^(`.*?`.*?): (.+)$")


class LayerWords(Struct, frozen=True):
    """The pieces of a docstring.

    `call` is how a spec writes the layer and `summary` what it is, both from the first
    line of its file: "`dense(units)`: an affine map." The first paragraph of the class
    is the equation, with its lines as they are; the others are prose. A piece that is
    not there is empty.
    """

    call: str
    summary: str
    equation: str = ""
    prose: tuple[str, ...] = ()
    mask: str = ""
    source: str = ""
    example: str = ""


def read_words(first_line: str, docstring: str) -> LayerWords:
    """The pieces of a layer's documentation.

    Raises `ValueError` for a first line that is not "`layer(options)`: what it is."
    """
    head = _HEAD.match(first_line.strip())
    if head is None:
        raise ValueError(
            f"expected '`layer(options)`: what it is.', found {first_line}"
        )
    equation, *others = cleandoc(docstring).split("\n\n")
    marked = dict.fromkeys(MARKED, "")
    prose = []
    for mark, text in _pieces(others):
        if mark:
            marked[mark] = text
        elif text:
            prose.append(text)
    return LayerWords(
        call=head[1],
        summary=head[2],
        equation=equation,
        prose=tuple(prose),
        mask=marked["Mask"],
        source=marked["Source"],
        example=marked["Example"],
    )


def _pieces(paragraphs: list[str]) -> Iterator[tuple[str, str]]:
    """Each piece with its mark; only an example keeps its line ends."""
    for paragraph in paragraphs:
        mark, lines = "", list[str]()
        for line in paragraph.splitlines():
            begins = _MARK.match(line)
            if begins:
                yield mark, _joined(mark, lines)
                mark, lines = begins[1], []
                line = line[begins.end() :]
            lines.append(line.strip())
        yield mark, _joined(mark, lines)


def _joined(mark: str, lines: list[str]) -> str:
    return ("\n" if mark == "Example" else " ").join(lines).strip()
