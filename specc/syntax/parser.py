"""Text to typed tree; the parser is made once a process, from the packaged grammar."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from threading import Lock
from typing import NamedTuple

from specc.diagnostics import Diagnostic, Failure, Label
from specc.diagnostics.codes import NOTHING_DECLARED
from specc.syntax import tree
from specc.syntax.builder import Builder
from specc.syntax.characters import refuse_hidden, unexpected_character
from specc.syntax.lines import Lines
from specc.syntax.machine import Machine, Unexpected
from specc.syntax.mistakes import unexpected_token
from specc.syntax.read import MAX_BYTES, too_large, too_many_pieces
from specc.syntax.tables import tables
from specc.syntax.tokens import Piece, cut, has_more_pieces
from specc.text import Source, Span

MAX_PIECES = 50_000
"""What is parsed and refused in about a second; the largest shipped spec has 2,500."""


class Parser(NamedTuple):
    """The machine and the two parts that must know which text it reads."""

    machine: Machine
    lines: Lines
    builder: Builder


# One text at a time: the parser holds the source that is being parsed.
_LOCK = Lock()


@cache
def _parser() -> Parser:
    builder = Builder()
    return Parser(Machine(tables(), builder), Lines(), builder)


def parse(source: Source) -> tree.File:
    """The tree of a text. Raises `Failure` with the first mistake found."""
    if len(source.text) > MAX_BYTES:
        raise too_large(source.name)
    refuse_hidden(source)
    if has_more_pieces(source.text, MAX_PIECES):
        raise too_many_pieces(source.name, MAX_PIECES)
    with _LOCK:
        found = _run(_parser(), source)
    if not found.declarations:
        raise Failure([_nothing_declared(source)])
    return found


def _run(parser: Parser, source: Source) -> tree.File:
    parser.lines.source = parser.builder.source = source
    try:
        parsed: object = parser.machine.parse(parser.lines.process(_tokens(source)))
    except Unexpected as stop:
        found, accepted = stop.token, stop.accepted
        told = unexpected_token(source, found.type, found.start, accepted)
        raise Failure([told]) from None
    assert isinstance(parsed, tree.File), "the grammar's start rule makes a file"
    return parsed


def _tokens(source: Source) -> Iterator[Piece]:
    """What the parser reads. Raises `Failure` where no token starts, once it is there.

    What is wrong before that place is told first.
    """
    for piece in cut(source.text):
        if piece.type == "BROKEN":
            raise Failure([unexpected_character(source, piece.start)])
        if piece.type != "COMMENT":
            yield piece


def _nothing_declared(source: Source) -> Diagnostic:
    return Diagnostic(
        NOTHING_DECLARED,
        "this file declares nothing",
        (Label(Span(source, 0, 0), "expected a model, block, cell, const or import"),),
        help="start with `model name(x: float[8]) -> float[1] { ... }`",
    )
