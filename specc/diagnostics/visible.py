"""Text as a terminal shows it: control characters escaped, columns counted."""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    """The text with every character that has no glyph written as an escape.

    That is what `repr` escapes: ESC and the other control characters, line ends,
    text-direction overrides, zero-width and unusual spaces, lone surrogates. Whoever
    reads the result sees them, and the terminal does not obey them.
    """
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def columns(text: str) -> int:
    """How many columns of a terminal a visible text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def _width(character: str) -> int:
    # A combining mark stands on the letter before it; so do the medial and final
    # letters of a Hangul syllable that is written in parts.
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    if "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
