"""Long texts of one kind: nothing may take time that grows with their square."""

from __future__ import annotations

import time

import pytest

from specc.diagnostics import Failure
from specc.syntax.format import format_text
from specc.text import Source

HEAD = "model m(x: float) -> float {\n"
MANY = 20_000

# Linear work needs a second or two for these, on a slow machine.
MOST_SECONDS = 20

FINE = {
    "a sum": HEAD + "a" + " + a" * MANY + "}",
    "a flow": HEAD + "a" + " -> a" * MANY + "}",
    "a flow in lines": HEAD + "a" + "\n-> a" * (MANY // 2) + "}",
    "arguments": HEAD + "f(" + "a, " * MANY + "b)}",
    "arguments in lines": HEAD + "f(" + "a,\n" * (MANY // 2) + "b)}",
    "a list": HEAD + "f([" + "1, " * MANY + "2])}",
    "statements": HEAD + "a\n" * MANY + "}",
    "results": HEAD + "a, " * MANY + "b}",
    "declarations": "const A = 1\n" * (MANY // 4),
    "comments between steps": HEAD + "a\n" + "#\n" * MANY + " -> b }",
    "comments in brackets": HEAD + "f(a,\n" + "#\n" * MANY + " b) }",
    "comments and declarations": "# a\n" * MANY + "const A = 1",
    "nested calls": HEAD + ("f(a, " * 60 + "b" + ")" * 60 + "\n") * (MANY // 200) + "}",
    "spaces": HEAD + " \t" * MANY + "a}",
    "a string": HEAD + 'f("' + '\\"' * MANY + '")}',
}
WRONG = {
    "open brackets": "(" * MANY,
    "open brackets in a body": HEAD + "f" + " [ " * MANY,
    "open braces": HEAD + "{" * MANY,
    "closing brackets": ")" * MANY,
    "open strings": '"\\' * MANY,
    "an open string": HEAD + '"' + '\\"' * MANY,
    "digits": "const A = " + "1" * MANY,
    "points": "const A = " + "1." * MANY,
    "an exponent": "const A = 1e" + "1" * MANY + "x",
    "a name": HEAD + "a" * MANY,
    "primes": HEAD + "a'" * MANY,
    "minus signs": HEAD + "-" * MANY,
    "powers": HEAD + "a" + " ** a" * MANY,
    "arrows": HEAD + "->" * MANY,
    "equals signs": HEAD + "a" + " = a" * MANY,
    "line ends": "\n" * MANY,
    "comments": "#\n" * MANY,
    "indented brackets": HEAD + " " * MANY + "( " * MANY,
    "a mistake at the end": HEAD + "a\n" * (MANY // 2) + "a a }",
    "a missing brace": HEAD + "f {\na\n}\n" * (MANY // 8),
}


@pytest.mark.parametrize("kind", FINE)
def test_long_texts_are_formatted_in_linear_time(kind: str) -> None:
    before = time.process_time()
    assert format_text(Source("test.seq", FINE[kind]))
    assert time.process_time() - before < MOST_SECONDS


@pytest.mark.parametrize("kind", WRONG)
def test_long_texts_are_refused_in_linear_time(kind: str) -> None:
    before = time.process_time()
    with pytest.raises(Failure):
        format_text(Source("test.seq", WRONG[kind]))
    assert time.process_time() - before < MOST_SECONDS
