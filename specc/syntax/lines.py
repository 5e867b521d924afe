"""Which line ends mean something, and how deep a text may nest."""

from __future__ import annotations

from collections.abc import Iterator

from specc.diagnostics import Diagnostic, Failure, Label
from specc.diagnostics.codes import LEADING_OPERATOR, NESTED_TOO_DEEPLY
from specc.syntax.tokens import (
    CLOSERS,
    GOES_ON_AFTER,
    NEWLINE,
    OPENERS,
    OPERATORS,
    VALUE_ENDS,
    Piece,
)
from specc.text import Source, Span

MAX_NESTING = 64

# After the first a statement cannot end, and the second cannot start one.
_NOT_AFTER = GOES_ON_AFTER | {"LEFT_BRACE"}
_NOT_BEFORE = frozenset({"ARROW", "LEFT_BRACE", "RIGHT_BRACE"})
# Within these a chain of minus signs or powers nests ever deeper.
_KEEPS_CHAIN = VALUE_ENDS | {"FOR", "EACH", "OVER"}


def ends_statement(previous: str, following: str) -> bool:
    """Whether a line end between two tokens, not inside ( or [, ends a statement."""
    return previous not in _NOT_AFTER and following not in _NOT_BEFORE


class Lines:
    """Stands between lexer and parser: drops line ends, holds the limit of nesting."""

    def __init__(self) -> None:
        self.source = Source("", "")

    def process(self, stream: Iterator[Piece]) -> Iterator[Piece]:
        previous = "LEFT_BRACE"  # nothing to end at the start of a file
        newline: Piece | None = None
        open_chains: list[int] = []
        in_braces = [True]
        chain = 0
        depth = 0
        for token in stream:
            kind = token.type
            if kind == NEWLINE:
                newline = newline or token
                continue
            if newline is not None:
                if in_braces[-1] and ends_statement(previous, kind):
                    self._refuse_operator(token)
                    chain = 0
                    yield newline
                newline = None
            if kind in OPENERS:
                open_chains.append(chain)
                in_braces.append(kind == "LEFT_BRACE")
                depth += chain + 1
                chain = 0
            elif kind in CLOSERS:
                if open_chains:
                    chain = open_chains.pop()
                    in_braces.pop()
                    depth -= chain + 1
            elif kind == "POWER" or (kind == "MINUS" and previous not in VALUE_ENDS):
                chain += 1
            elif kind not in _KEEPS_CHAIN:
                chain = 0
            if depth + chain > MAX_NESTING:
                self._refuse_depth(token)
            previous = kind
            yield token

    def _refuse_operator(self, token: Piece) -> None:
        if token.type not in OPERATORS:
            return
        sign = token.text
        found = Diagnostic(
            LEADING_OPERATOR,
            f"a line cannot start with `{sign}`",
            (self._label(token, "the line before has ended already"),),
            help="comments start with `#`"
            if token.type == "FLOOR_DIVIDE"
            else f"end the line before with `{sign}`, or put brackets around both",
        )
        raise Failure([found])

    def _refuse_depth(self, token: Piece) -> None:
        found = Diagnostic(
            NESTED_TOO_DEEPLY,
            f"nested more than {MAX_NESTING} levels deep",
            (self._label(token, f"level {MAX_NESTING + 1}"),),
            help="give inner parts a name: a block, a `let`, or a value of its own",
        )
        raise Failure([found])

    def _label(self, token: Piece, text: str) -> Label:
        return Label(Span(self.source, token.start, token.stop), text)
