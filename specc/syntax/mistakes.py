"""Says what is wrong with a token at which the parser could not go on."""

from __future__ import annotations

from specc.diagnostics import Diagnostic, Label, did_you_mean
from specc.diagnostics.codes import (
    RESERVED_WORD,
    UNCLOSED_BRACKET,
    UNEXPECTED_TEXT,
    UNKNOWN_DECLARATION,
    UNOPENED_BRACKET,
)
from specc.syntax.brackets import Unmatched, find_unmatched
from specc.syntax.hints import hint
from specc.syntax.stuck import (
    END,
    Stuck,
    expected_phrase,
    found_phrase,
    innermost_open,
)
from specc.syntax.tokens import (
    DECLARATION_WORDS,
    NAMES,
    OPENERS,
    RESERVED,
    Piece,
    cut,
)
from specc.text import Source, Span


def unexpected_token(
    source: Source, kind: str, start: int, accepted: frozenset[str]
) -> Diagnostic:
    """The diagnostic for a token of type `kind` where only `accepted` ones fit."""
    pieces = [piece for piece in cut(source.text) if piece.type != "COMMENT"]
    at_end = kind == END
    before = [piece for piece in pieces if at_end or piece.start < start]
    found = Piece(END, "", len(source.text))
    if not at_end:
        found = pieces[len(before)]
    stuck = Stuck(found, before, accepted, innermost_open(before))
    unmatched = find_unmatched(source.text, pieces)
    if unmatched and _is_to_blame(unmatched, stuck):
        return _bracket(source, unmatched, stuck)
    if _is_reserved(stuck):
        return _reserved(source, stuck)
    if stuck.wants_declaration:
        return _declaration(source, stuck)
    return Diagnostic(
        UNEXPECTED_TEXT,
        _message(stuck),
        (Label(_place(source, stuck), f"expected {expected_phrase(stuck)}"),),
        help=hint(stuck),
    )


def _message(stuck: Stuck) -> str:
    if stuck.found.type == END:
        return "the file ends too early"
    if stuck.line_ended:
        return "the line ends too early"
    return f"{found_phrase(stuck.found)} does not fit here"


def _place(source: Source, stuck: Stuck) -> Span:
    """The token found; where it cannot be seen, the place after the one before."""
    found, previous = stuck.found, stuck.previous
    if found.type == END or stuck.line_ended:
        stop = previous.stop if previous else 0
        return Span(source, stop, stop)
    return Span(source, found.start, found.stop)


def _is_to_blame(unmatched: Unmatched, stuck: Stuck) -> bool:
    """Whether brackets that do not match are why the parser stopped just here."""
    found = stuck.found
    if unmatched.opener is None:
        return unmatched.seen_at == found
    if unmatched.opener.start >= found.start:
        return False
    if unmatched.seen_at == found or found.type == END:
        return True
    if unmatched.opener != stuck.opener or unmatched.opener.type == "LEFT_BRACE":
        return False
    # Inside ( and [ a line end means nothing, so the next line seems to belong there.
    return stuck.starts_line or OPENERS[unmatched.opener.type] in stuck.accepted


def _bracket(source: Source, unmatched: Unmatched, stuck: Stuck) -> Diagnostic:
    opener = unmatched.opener
    place = _place(source, stuck)
    if opener is None:
        wanted = (
            "{" if stuck.found.text == "}" else "([{"[")]}".index(stuck.found.text)]
        )
        return Diagnostic(
            UNOPENED_BRACKET,
            f"`{stuck.found.text}` closes nothing",
            (Label(place, f"no `{wanted}` is open here"),),
            help=f"remove it, or open a `{wanted}` before it",
        )
    closer = {"(": ")", "[": "]", "{": "}"}[opener.text]
    opened = Label(Span(source, opener.start, opener.stop), "opened here")
    return Diagnostic(
        UNCLOSED_BRACKET,
        f"`{opener.text}` is never closed",
        (
            Label(place, f"expected `{closer}` before {found_phrase(stuck.found)}"),
            opened,
        ),
        help=f"add the missing `{closer}`",
    )


def _is_reserved(stuck: Stuck) -> bool:
    return stuck.found.text in RESERVED and "NAME" in stuck.accepted


def _reserved(source: Source, stuck: Stuck) -> Diagnostic:
    word = stuck.found.text
    return Diagnostic(
        RESERVED_WORD,
        f"`{word}` is a word of the language and cannot be a name",
        (Label(_place(source, stuck), f"expected {expected_phrase(stuck)}"),),
        help=f"choose another name, such as `{word}_`",
    )


def _names_number(source: Source, found: Piece) -> bool:
    """Whether `=` stands after a name."""
    return source.text[found.stop :].lstrip(" ").startswith("=")


def _declaration(source: Source, stuck: Stuck) -> Diagnostic:
    found = stuck.found
    is_word = found.type in NAMES
    suggestion = did_you_mean(found.text, DECLARATION_WORDS) if is_word else hint(stuck)
    if found.text == "def":
        suggestion = "a model is declared with `model`"
    elif found.text == "let" or (is_word and _names_number(source, found)):
        suggestion = "a number is named with `const`: `const N = 8`"
    elif found.text.startswith('"'):
        suggestion = "comments start with `#`"
    return Diagnostic(
        UNKNOWN_DECLARATION,
        f"{found_phrase(found)} starts no declaration",
        (Label(_place(source, stuck), f"expected {expected_phrase(stuck)}"),),
        help=suggestion or "statements stand inside a `model`, `block` or `cell`",
    )
