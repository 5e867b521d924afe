"""Text to typed tree; the parser is made once a process, from the packaged grammar."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from specc.diagnostics import Diagnostic, Failure, Label
from specc.diagnostics.codes import NOTHING_DECLARED
from specc.syntax import tree
from specc.syntax.characters import refuse_hidden, unexpected_character
from specc.syntax.mistakes import unexpected_token
from specc.syntax.read import MAX_BYTES, too_large
from specc.text import Source, Span

if TYPE_CHECKING:
    from lark import Lark, Token

    from specc.syntax.builder import Builder
    from specc.syntax.lines import Lines


class Machine(NamedTuple):
    """The parser and the two parts of it that must know which text they read."""

    lark: Lark
    lines: Lines
    builder: Builder


# One text at a time: the machine holds the source that is being parsed.
_LOCK = Lock()


@cache
def _machine() -> Machine:
    # Lark takes longer to import than a file takes to parse: only when needed.
    from specc.syntax.builder import Builder
    from specc.syntax.lines import Lines
    from specc.syntax.tables import make_parser

    lines, builder = Lines(), Builder()
    return Machine(make_parser(lines, builder), lines, builder)


def parse(source: Source) -> tree.File:
    """The tree of a text. Raises `Failure` with the first mistake found."""
    if len(source.text) > MAX_BYTES:
        raise too_large(source.name)
    refuse_hidden(source)
    with _LOCK:
        found = _run(_machine(), source)
    if not found.declarations:
        raise Failure([_nothing_declared(source)])
    return found


def _run(machine: Machine, source: Source) -> tree.File:
    from lark import UnexpectedCharacters, UnexpectedToken

    machine.lines.source = machine.builder.source = source
    try:
        parsed: object = machine.lark.parse(source.text)
    except UnexpectedToken as error:
        found = _unexpected(machine, source, error.token)
    except UnexpectedCharacters as error:
        found = unexpected_character(source, error.pos_in_stream or 0)
    else:
        assert isinstance(parsed, tree.File), "the grammar's start rule makes a file"
        return parsed
    raise Failure([found])


def _unexpected(machine: Machine, source: Source, found: Token) -> Diagnostic:
    """Parses once more up to the token that did not fit, to see what would have.

    The parser's own answer comes too late: it has already ended every rule that could
    have gone on at that place.
    """
    again = machine.lark.parse_interactive()
    for token in machine.lark.lex(source.text):
        if (token.start_pos, token.type) == (found.start_pos, found.type):
            break
        again.feed_token(token)
    accepted: frozenset[str] = frozenset(again.accepts())  # type: ignore[no-untyped-call]
    return unexpected_token(source, found.type, found.start_pos or 0, accepted)


def _nothing_declared(source: Source) -> Diagnostic:
    return Diagnostic(
        NOTHING_DECLARED,
        "this file declares nothing",
        (Label(Span(source, 0, 0), "expected a model, block, cell, const or import"),),
        help="start with `model name(x: float[8]) -> float[1] { ... }`",
    )
