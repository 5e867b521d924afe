"""The parser's stored tables are those of the grammar."""

from __future__ import annotations

from importlib.resources import files

import pytest

from specc.syntax import tables
from specc.syntax.builder import Builder
from specc.syntax.lines import Lines
from specc.syntax.make_tables import tables as made_tables


def test_the_stored_tables_are_those_of_the_grammar() -> None:
    stored = (files("specc.syntax") / tables.FILE).read_bytes()
    assert stored == made_tables(), "run python -m specc.syntax.make_tables"


def test_tables_of_another_grammar_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = tables.grammar() + "\n// changed\n"
    made: list[str] = []
    real = tables.from_grammar

    def noted(text: str, lines: Lines, builder: Builder) -> object:
        made.append(text)
        return real(text, lines, builder)

    monkeypatch.setattr(tables, "from_grammar", noted)
    tables.make_parser(Lines(), Builder())
    assert made == []
    monkeypatch.setattr(tables, "grammar", lambda: other)
    tables.make_parser(Lines(), Builder())
    assert made == [other]
