"""Says what is wrong with a character that starts nothing in the language."""

from __future__ import annotations

import re
import unicodedata

from specc.diagnostics import Code, Diagnostic, Failure, Label
from specc.diagnostics.codes import (
    MALFORMED_NUMBER,
    NON_ASCII_NAME,
    UNCLOSED_STRING,
    UNEXPECTED_CHARACTER,
)
from specc.text import Source, Span

# Refused in comments and strings too: control characters, line ends that only some
# programs see, marks that show a text in another order than it is read, and half
# characters that cannot be written to a file.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_NUMBER = re.compile(r"[0-9.][A-Za-z0-9_.]*")
_INSTEAD = {
    "'": 'strings take double quotes: "..."',
    ";": "end a statement with a line end",
    "|": "layers are applied with `->`",
    ">": "layers are applied with `->`, and a bound is written `int < 10`",
    "^": "a power is written `**`",
    "!": "there is no `!`",
    ".": "layers are applied with `->`, as in `x -> mean -> dense(8)`",
    "?": "an axis of any length has a name: `float[T, 8]`",
    "$": "names are written as they are: `x`",
    "&": "several layers side by side are written `(a, b)`",
    "\\": "a line goes on by itself inside brackets and before `->`",
    "`": "names take no quotes",
    "\u00a0": "put an ordinary space here",
    "\u3000": "put an ordinary space here",
    "\u2192": "write `->`",
    "\u21d2": "write `->`",
    "\u2212": "write `-`",
    "\u2013": "write `-`",
    "\u2014": "write `-`",
    "\u00d7": "write `*`",
    "\u00b7": "write `*`",
    "\u2217": "write `*`",
    "\u2032": "write `'`",
    "\u2018": 'strings take double quotes: "..."',
    "\u2019": "write `'`",
    "\u201c": 'write a straight double quote: `"`',
    "\u201d": 'write a straight double quote: `"`',
}


def refuse_hidden(source: Source) -> None:
    """Raise `Failure` at the first control or invisible character, also in comments."""
    match = _HIDDEN.search(source.text)
    if not match:
        return
    at = match.start()
    point = f"U+{ord(match.group()):04X}"
    found = Diagnostic(
        UNEXPECTED_CHARACTER,
        f"a control character, {point}, cannot stand in a spec",
        (Label(Span(source, at, at + 1), f"{point} is here"),),
        help="remove it",
    )
    raise Failure([found])


def unexpected_character(source: Source, offset: int) -> Diagnostic:
    """The diagnostic for a place at which no token starts."""
    character = source.text[offset]
    if character == '"':
        return _unclosed_string(source, offset)
    number = _NUMBER.match(source.text, offset)
    if number and any(c.isdigit() for c in number.group()):
        return _malformed_number(source, offset, number.group())
    point = f"U+{ord(character):04X}"
    if not character.isascii() and unicodedata.category(character)[0] in "LMN":
        return _at(
            source,
            offset,
            NON_ASCII_NAME,
            f"`{character}` ({point}) cannot be in a name",
            "not one of A-Z, a-z, 0-9 and _",
            "spell names with ASCII letters; strings and comments take any",
        )
    help = _INSTEAD.get(character)
    if unicodedata.category(character) == "Cf":
        help = "remove it; it cannot be seen"
    if character == "'" and source.text[offset - 1 : offset] == "'":
        help = "one `'` is enough: it is the state after this step"
    shown = f"`{character}`" if character.isascii() else f"`{character}` ({point})"
    return _at(
        source,
        offset,
        UNEXPECTED_CHARACTER,
        f"{shown} has no meaning here",
        "",
        help,
    )


def _at(
    source: Source, offset: int, code: Code, message: str, label: str, help: str | None
) -> Diagnostic:
    span = Span(source, offset, offset + 1)
    return Diagnostic(code, message, (Label(span, label),), help)


def _unclosed_string(source: Source, offset: int) -> Diagnostic:
    end = source.text.find("\n", offset)
    stop = len(source.text) if end < 0 else end
    return Diagnostic(
        UNCLOSED_STRING,
        "this string has no end on its line",
        (Label(Span(source, offset, stop), 'no closing `"`'),),
        help='close it with `"`; a `"` inside is written `\\"`',
    )


def _malformed_number(source: Source, offset: int, text: str) -> Diagnostic:
    return Diagnostic(
        MALFORMED_NUMBER,
        f"`{text[:40]}` is not a number",
        (Label(Span(source, offset, offset + len(text)), ""),),
        help=_number_help(text),
    )


def _number_help(text: str) -> str:
    if text.startswith("."):
        return f"write `0{text}`" if text[1:].isdigit() else "write it as in `0.5`"
    if text.endswith(".") and text[:-1].isdigit():
        return f"write `{text}0` or `{text[:-1]}`"
    plain = text.replace("_", "")
    if plain != text and plain.isdigit():
        return f"write `{plain}`"
    if text[0].isdigit() and not text[1:2].isdigit() and text[1:2] not in {".", "x"}:
        return "a name cannot start with a digit"
    return "numbers look like `64`, `0.5` and `1e-3`"
