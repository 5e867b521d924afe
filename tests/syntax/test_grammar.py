"""The grammar has no conflict, knows no layer, and agrees with the list of tokens."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lark import Lark
from lark.lexer import PatternStr

from specc.syntax.tables import grammar
from specc.syntax.tokens import NEWLINE, RESERVED, SIGNS, SOFT, cut

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.seq"))


class KeepAll:
    """A post-lexer that changes nothing."""

    always_accept = ()

    def process(self, stream: Iterator[object]) -> Iterator[object]:
        return stream


@pytest.fixture(scope="module")
def strict() -> Lark:
    return Lark(
        grammar(),
        parser="lalr",
        lexer="basic",
        start="file",
        strict=True,
        postlex=KeepAll(),
    )


def test_no_conflict_is_resolved_in_silence(strict: Lark) -> None:
    # With strict=True Lark raises at the first shift/reduce conflict or clash of
    # terminals, so that the parser could be made is the whole point.
    assert strict.options.parser == "lalr"


def test_a_conflict_would_be_noticed() -> None:
    spoiled = grammar().replace("plain_sum body\n!each", "sum body\n!each")
    assert spoiled != grammar()
    with pytest.raises(Exception, match=r"(?i)conflict"):
        Lark(spoiled, parser="lalr", lexer="basic", start="file", strict=True)


def test_the_grammar_has_no_words_but_those_of_the_language(strict: Lark) -> None:
    fixed = {
        t.pattern.value for t in strict.terminals if isinstance(t.pattern, PatternStr)
    }
    assert fixed == {*RESERVED, *SOFT, *SIGNS}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_list_of_tokens_is_what_the_grammar_sees(strict: Lark, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    seen = [(token.type, str(token), token.start_pos) for token in strict.lex(text)]
    listed = [(p.type, p.text, p.start) for p in cut(text) if p.type != "COMMENT"]
    assert listed == seen


def test_line_ends_are_tokens_of_both(strict: Lark) -> None:
    assert [token.type for token in strict.lex("\n")] == [NEWLINE]
    assert [piece.type for piece in cut("\n")] == [NEWLINE]


@pytest.mark.parametrize(
    "start", ["", '"', '"\\"', "a", "a'", "1", "1.", "1.1", "1e", "1e1", "#", " ", "-"]
)
def test_every_terminal_takes_linear_time(strict: Lark, start: str) -> None:
    # A quadratic terminal would need minutes for these, a linear one milliseconds.
    length = 100_000
    patterns = [re.compile(t.pattern.to_regexp()) for t in strict.terminals]
    before = time.process_time()
    for again in ['\\"', "\\", "a", "1", "1e", "1.", "'", "#", " \t", "*", "/-", "_"]:
        text = start + again * length
        for pattern in patterns:
            pattern.match(text)
            pattern.match(text + "\n")
    assert time.process_time() - before < 10


@pytest.mark.parametrize("again", ['"\\', "1.", "1x", "a'", "(", "#", "é", " ", '"\n'])
def test_cutting_any_text_takes_linear_time(again: str) -> None:
    before = time.process_time()
    cut(again * 50_000)
    assert time.process_time() - before < 5
