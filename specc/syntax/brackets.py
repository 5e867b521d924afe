"""Finds the bracket that is wrong in a text whose brackets do not match."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from specc.syntax.tokens import (
    CLOSERS,
    DECLARATION_WORDS,
    NAMES,
    NEWLINE,
    OPENERS,
    Piece,
)


class Unmatched(Struct, frozen=True):
    """`opener` is never closed, as is seen at `seen_at` (None: at the end).

    Without an `opener`, the closing bracket at `seen_at` was never opened.
    """

    opener: Piece | None
    seen_at: Piece | None


class _Open(Struct, frozen=True):
    piece: Piece
    indent: int


def find_unmatched(text: str, pieces: Sequence[Piece]) -> Unmatched | None:
    """The first bracket that does not match, or None.

    Indentation helps: where a `}` stands further left than the line of the `{` it
    would close, it is that `{` which lacks its own `}`.
    """
    stack: list[_Open] = []
    suspect: _Open | None = None
    indent, starts_line = _indent(text, 0), True
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        if piece.type == NEWLINE:
            indent, starts_line = _indent(text, piece.stop), True
            continue
        if piece.type in OPENERS:
            stack.append(_Open(piece, indent))
        elif piece.type in CLOSERS:
            matching = _matching(stack, piece)
            if matching is None:
                return Unmatched(None, piece)
            if stack[-1] is not matching:
                return Unmatched(stack[-1].piece, piece)
            if starts_line and indent < matching.indent and suspect is None:
                suspect = matching
            stack.pop()
        elif starts_line and stack and _declares(piece, following):
            return Unmatched((suspect or stack[-1]).piece, piece)
        starts_line = starts_line and piece.type == "COMMENT"
    if not stack:
        return None
    return Unmatched((suspect or stack[-1]).piece, None)


def _declares(piece: Piece, following: Piece | None) -> bool:
    """Whether a line starts like a declaration, so that all brackets must be closed."""
    if piece.text not in DECLARATION_WORDS or following is None:
        return False
    return following.type in NAMES or following.type == "STRING"


def _matching(stack: Sequence[_Open], closer: Piece) -> _Open | None:
    """The innermost open bracket that a closing one could close."""
    opener = CLOSERS[closer.type]
    return next((each for each in stack[::-1] if each.piece.type == opener), None)


def _indent(text: str, line_start: int) -> int:
    stop = line_start
    while text[stop : stop + 1] in {" ", "\t"}:
        stop += 1
    return stop - line_start
