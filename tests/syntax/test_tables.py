"""The parser's tables are those of the grammar, and are run as Lark runs them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lark import Lark, Token, Tree, UnexpectedToken

from specc.diagnostics import Failure
from specc.packaged import folder_of
from specc.syntax import tables
from specc.syntax.lines import Lines
from specc.syntax.machine import Machine, Unexpected
from specc.syntax.make_tables import encoded, make_tables
from specc.syntax.tokens import Piece, cut
from specc.text import Source

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.seq"))
SPECS = [
    path
    for package in ("specc.specs.models", "specc.specs.large", "specc.specs.std")
    for path in sorted(folder_of(package).glob("*.seq"))
]


def test_the_stored_tables_are_those_of_the_grammar() -> None:
    made = encoded(make_tables(tables.grammar()))
    assert made == tables.FILE.read_bytes(), "run python -m specc.syntax.make_tables"


def test_tables_of_another_grammar_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = tables.grammar().replace('"over" name', '"over" name name')
    stored = tables.tables()
    monkeypatch.setattr(tables, "grammar", lambda: other)
    made = tables.tables()
    assert (made.grammar, made.rules) != (stored.grammar, stored.rules)
    sizes = {rule.name: rule.size for rule in made.rules}
    assert sizes["over_loop"] == 4


class Shapes:
    """A builder that keeps what it is handed."""

    def __getattr__(self, name: str) -> Callable[[list[object]], object]:
        return lambda parts: (name, *parts)


class ForLark:
    """`Lines` as Lark wants it, given pieces instead of Lark's own tokens."""

    always_accept = ()

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        pieces = (Piece(t.type, str(t), t.start_pos or 0) for t in stream)
        for piece in Lines().process(pieces):
            yield Token(piece.type, piece.text, piece.start)


@pytest.fixture(scope="module")
def lark() -> Lark:
    return Lark(
        tables.grammar(),
        parser="lalr",
        lexer="basic",
        start="file",
        maybe_placeholders=False,
        postlex=ForLark(),
    )


def shape(part: object) -> object:
    """A tree of either parser: names, and tokens with their types and places."""
    match part:
        case Tree(data=name, children=children):
            return (str(name), *map(shape, children))
        case Token(type=kind, start_pos=start):
            return (kind, str(part), start)
        case Piece(kind, text, start):
            return (kind, text, start)
        case (str(name), *parts):
            return (name, *map(shape, parts))
    raise AssertionError(f"neither tree nor token: {part!r}")


def seen_by_lark(lark: Lark, text: str) -> object:
    try:
        return shape(lark.parse(text))
    except UnexpectedToken as error:
        found = error.token
    # What fits where it stopped, before any rule is ended by what does not.
    again = lark.parse_interactive()
    for token in lark.lex(text):
        if (token.start_pos, token.type) == (found.start_pos, found.type):
            break
        again.feed_token(token)
    accepted: set[str] = again.accepts()  # type: ignore[no-untyped-call]
    place = None if found.type == tables.END else found.start_pos
    return (found.type, place, accepted)


def seen_by_us(text: str) -> object:
    lines = Lines()
    lines.source = Source("<text>", text)
    pieces = (piece for piece in cut(text) if piece.type != "COMMENT")
    try:
        parsed = Machine(tables.tables(), Shapes()).parse(lines.process(pieces))
    except Unexpected as stop:
        end = stop.token.type == tables.END
        return (stop.token.type, None if end else stop.token.start, stop.accepted)
    return shape(parsed)


@pytest.mark.parametrize("path", EXAMPLES + SPECS, ids=lambda path: path.stem)
def test_our_machine_builds_what_lark_builds(lark: Lark, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = seen_by_us(text)
    assert isinstance(found, tuple) and found[0] == "file"
    assert found == seen_by_lark(lark, text)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_our_machine_stops_where_lark_stops(lark: Lark, path: Path) -> None:
    """A piece is left out, told twice or put elsewhere; the answer is the same."""
    pieces = [p for p in cut(path.read_text(encoding="utf-8")) if p.type != "COMMENT"]
    draw = random.Random(path.stem)
    stopped = 0
    for _ in range(30):
        words = [piece.text for piece in pieces]
        place = draw.randrange(len(words))
        other = draw.choice(words)
        words[place : place + 1] = draw.choice([[], [other], [words[place], other]])
        text = " ".join(words)
        try:
            found = seen_by_us(text)
        except Failure:
            continue  # refused by `Lines`, which both share
        assert isinstance(found, tuple)
        stopped += found[0] != "file"
        assert found == seen_by_lark(lark, text), text
    assert stopped
