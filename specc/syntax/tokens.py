"""The pieces of a text, comments and all, for parser, formatter and diagnostics.

A test holds that they are the grammar's terminals. Unlike the grammar this also cuts up
text that is wrong, in linear time.
"""

from __future__ import annotations

import re

from msgspec import Struct

RESERVED = (
    "as",
    "block",
    "cell",
    "const",
    "each",
    "for",
    "import",
    "let",
    "model",
    "over",
)
# These mean something in one place only, and are ordinary names everywhere else.
SOFT = ("in", "on", "pad", "param", "ragged", "state")

DECLARATION_WORDS = ("block", "cell", "const", "import", "model")

SIGNS = {
    "->": "ARROW",
    "**": "POWER",
    "//": "FLOOR_DIVIDE",
    "+": "PLUS",
    "-": "MINUS",
    "*": "TIMES",
    "/": "DIVIDE",
    "%": "REMAINDER",
    "@": "PRODUCT",
    "=": "EQUALS",
    "<": "LESS",
    ",": "COMMA",
    ":": "COLON",
    "(": "LEFT_PARENTHESIS",
    ")": "RIGHT_PARENTHESIS",
    "[": "LEFT_BRACKET",
    "]": "RIGHT_BRACKET",
    "{": "LEFT_BRACE",
    "}": "RIGHT_BRACE",
}

OPENERS = {
    "LEFT_PARENTHESIS": "RIGHT_PARENTHESIS",
    "LEFT_BRACKET": "RIGHT_BRACKET",
    "LEFT_BRACE": "RIGHT_BRACE",
}
CLOSERS = {closer: opener for opener, closer in OPENERS.items()}
OPERATORS = frozenset(
    {
        "PLUS",
        "MINUS",
        "TIMES",
        "DIVIDE",
        "FLOOR_DIVIDE",
        "REMAINDER",
        "PRODUCT",
        "POWER",
    }
)
# A line that ends in one of these goes on in the next.
GOES_ON_AFTER = OPERATORS | {"ARROW", "COMMA"}
NAMES = frozenset({"NAME", *(word.upper() for word in SOFT)})
# A value can end with these; what then follows directly cannot start another one.
VALUE_ENDS = NAMES | {"PRIMED", "NUMBER", "STRING", *CLOSERS}

NEWLINE = "_NEWLINE"

_PIECE = re.compile(
    r"""
    (?P<SPACE>[ \t]+)
  | (?P<_NEWLINE>\n)
  | (?P<COMMENT>\#[^\n]*)
  | (?P<PRIMED>[A-Za-z_][A-Za-z0-9_]*')
  | (?P<NAME>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<NUMBER>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_.]))
  | (?P<STRING>"(?:[^"\\\n]|\\[^\n])*")
  | (?P<SIGN>->|\*\*|//|[-+*/%@=<,:()\[\]{}])
  | (?P<BROKEN>[0-9][A-Za-z0-9_.]*|"[^\n]*|[^\n])
    """,
    re.VERBOSE,
)


class Piece(Struct, frozen=True, gc=False):
    """A token, comment or line end. `type` is the name of the grammar's terminal."""

    type: str
    text: str
    start: int

    @property
    def stop(self) -> int:
        return self.start + len(self.text)


def has_more_pieces(text: str, most: int) -> bool:
    """Whether a text is cut into more pieces than that, without cutting all of it."""
    if len(text) <= most:
        return False
    spaces = 0
    for count, match in enumerate(_PIECE.finditer(text), 1):
        spaces += match.lastgroup == "SPACE"
        if count - spaces > most:
            return True
    return False


def cut(text: str) -> list[Piece]:
    """All pieces of a text in order, without spaces; `BROKEN` is what fits nothing."""
    pieces: list[Piece] = []
    for match in _PIECE.finditer(text):
        kind = match.lastgroup or "BROKEN"
        if kind == "SPACE":
            continue
        piece = match.group()
        if kind == "SIGN":
            kind = SIGNS[piece]
        elif kind == "NAME" and (piece in RESERVED or piece in SOFT):
            kind = piece.upper()
        pieces.append(Piece(kind, piece, match.start()))
    return pieces
