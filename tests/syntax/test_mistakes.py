"""Wrong texts: the code, the place and the words of what is said about them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.diagnostics import Diagnostic, Failure
from specc.syntax.parser import parse
from specc.syntax.tokens import RESERVED, SIGNS, SOFT
from specc.text import Source

HEAD = "model m(x: float[8]) -> float[1] {\n"


def mistake(text: str) -> Diagnostic:
    with pytest.raises(Failure) as raised:
        parse(Source("test.seq", text))
    (found,) = raised.value.diagnostics
    return found


def place(found: Diagnostic, label: int = 0) -> str:
    return str(found.labels[label].span).removeprefix("test.seq:")


@dataclass(frozen=True)
class Case:
    """A text, and what must be said: code, place, and a piece of label or help."""

    text: str
    code: str
    at: str
    told: str


WHOLE_FILES = [
    Case("", "SPC007", "1:1", "declares nothing"),
    Case("\n\n# only this\n", "SPC007", "1:1", "declares nothing"),
    Case("modle m() -> float { x }", "SPC115", "1:1", "did you mean `model`?"),
    Case("const A = 1\ncel c { x }", "SPC115", "2:1", "did you mean `cell`?"),
    Case("x -> dense(3)", "SPC115", "1:1", "statements stand inside"),
    Case("// a\nconst A = 1", "SPC115", "1:1", "comments start with `#`"),
    Case("const A = 1 const B = 2", "SPC101", "1:13", "the end of the line"),
    Case("const", "SPC101", "1:6", "expected a name"),
    Case("const A\n\n", "SPC101", "1:8", "expected `=`"),
    Case("const A = 1 -> 2", "SPC101", "1:13", "expected the end of the line"),
    Case("const A = (1,)", "SPC101", "1:14", "leave out the `,`"),
    Case("const A = 2 /* a */", "SPC101", "1:14", "comments start with `#`"),
    Case("import blocks", "SPC101", "1:8", 'import "blocks.seq"'),
    Case("model", "SPC101", "1:6", "expected a name"),
    Case("model m(x)", "SPC101", "1:10", "as in `x: float[T, 8]`"),
    Case("model m(x float)", "SPC101", "1:11", "`x: float`"),
    Case("model m(x: float) {}", "SPC101", "1:19", "say what it yields"),
    Case("model m(x: float) = float {}", "SPC101", "1:19", "expected `->`"),
    Case("model m(x: 3)", "SPC101", "1:12", "expected a type"),
    Case("model m() -> {}", "SPC101", "1:14", "the type of an output"),
    Case("model m() -> int\n  x\n}", "SPC101", "1:17", "open the body with `{`"),
    Case("model m() -> int[] {}", "SPC101", "1:18", "expected a value"),
    Case("block b(a) {}", "SPC101", "1:10", "expected `:` or `=`"),
    Case("block b on {}", "SPC101", "1:12", "expected `(`"),
]

IN_A_BODY = [
    Case("  x = dense(3) = y", "SPC101", "2:16", "applied with `->`"),
    Case("  x == y", "SPC101", "2:6", "there is no `==`"),
    Case("  x =\n  y", "SPC101", "2:6", "the line of its `=`"),
    Case("  h = x +\n  y = x", "SPC101", "3:5", "the line before ends in `+`"),
    Case("  h = x\n  + y", "SPC113", "3:3", "end the line before with `+`"),
    Case("  h = x\n  - y", "SPC113", "3:3", "end the line before with `-`"),
    Case("  h = x\n  // y", "SPC113", "3:3", "comments start with `#`"),
    Case("  -> x", "SPC101", "2:3", "on the left of `->`"),
    Case("  x -> -> y", "SPC101", "2:8", "leave out one `->`"),
    Case("  x ->", "SPC101", "2:7", "expected a layer"),
    Case("  let for = 3", "SPC112", "2:7", "cannot be a name"),
    Case("  cell = 3", "SPC112", "2:3", "cannot be a name"),
    Case("  x -> lstm(units: 3)", "SPC101", "2:18", "`name = value`"),
    Case("  x -> lstm(3 relu)", "SPC101", "2:15", "is a `,` missing before `relu`?"),
    Case("  x -> lstm(3,, relu)", "SPC101", "2:15", "expected a value or `)`"),
    Case("  x -> (f\n        g)", "SPC101", "3:9", "expected"),
    Case("  x dense(3)", "SPC101", "2:5", "write `->` between steps"),
    Case("  f()()", "SPC101", "2:6", "write `->` between steps"),
    Case("  () -> f", "SPC101", "2:4", "put something between the brackets"),
    Case("  x -> f as 3", "SPC101", "2:13", "expected a name"),
    Case("  for i 8 { x }", "SPC101", "2:9", "expected `in`"),
    Case("  for i in { x }", "SPC101", "2:12", "expected a value"),
    Case("  over { x }", "SPC101", "2:8", "expected a name"),
    Case("  state h = 3 c", "SPC101", "2:15", "expected"),
    Case("  f(x) = 3", "SPC114", "2:3", "write `name = ...`"),
    Case("  3 = x", "SPC114", "2:3", "write `name = ...`"),
    Case("  (a, b) = x", "SPC114", "2:3", "`a, b = ...`"),
    Case("  a, (b) = x", "SPC114", "2:6", "leave out the brackets"),
    Case(f"  {'a' * 64} = x", "SPC110", "2:3", "64 characters"),
    Case(f"  {'a' * 64}' = x", "SPC110", "2:3", "64 characters"),
    Case("  +3", "SPC101", "2:3", "a number needs no `+`"),
]

CHARACTERS = [
    Case("  x => f", "SPC102", "2:6", "applied with `->`"),
    Case("  x |> f", "SPC102", "2:5", "applied with `->`"),
    Case("  x → f", "SPC102", "2:5", "write `->`"),
    Case("  x; y", "SPC102", "2:4", "line end"),
    Case("  f('a')", "SPC102", "2:5", "double quotes"),
    Case("  f(“a”)", "SPC102", "2:5", "straight double quote"),
    Case("  h'' = x", "SPC102", "2:5", "one `'` is enough"),
    Case("  x ^ 2", "SPC102", "2:5", "`**`"),
    Case("  x.y", "SPC102", "2:4", "no meaning"),
    Case("  x\u00a0-> f", "SPC102", "2:4", "ordinary space"),
    Case("  x\u200b -> f", "SPC102", "2:4", "cannot be seen"),
    Case("  x # \u202e", "SPC102", "2:7", "U+202E"),
    Case("  x # \x1b[31m", "SPC102", "2:7", "U+001B"),
    Case('  f("\x00")', "SPC102", "2:6", "U+0000"),
    Case("  x\ry", "SPC102", "2:4", "U+000D"),
    Case("  x\x0cy", "SPC102", "2:4", "U+000C"),
    Case("  café = x", "SPC103", "2:6", "U+00E9"),
    Case("  ｐrint = x", "SPC103", "2:3", "U+FF50"),
    Case("  x = Δ", "SPC103", "2:7", "U+0394"),
    Case("  x = a١", "SPC103", "2:8", "U+0661"),
]

LITERALS = [
    Case('  f("a)\n  y', "SPC106", "2:5", 'no closing `"`'),
    Case('  f("a\\")', "SPC106", "2:5", "close it"),
    Case('  f("C:\\data")', "SPC107", "2:8", "`\\d`"),
    Case("  f(.5)", "SPC108", "2:5", "write `0.5`"),
    Case("  f(5.)", "SPC108", "2:5", "write `5.0` or `5`"),
    Case("  f(1_000)", "SPC108", "2:5", "write `1000`"),
    Case("  f(0x10)", "SPC108", "2:5", "numbers look like"),
    Case("  f(1e)", "SPC108", "2:5", "not a number"),
    Case("  f(1.2.3)", "SPC108", "2:5", "not a number"),
    Case("  3d = x", "SPC108", "2:3", "cannot start with a digit"),
    Case(f"  f({'1' * 19})", "SPC109", "2:5", "19 digits"),
    Case(f"  f(0.{'1' * 39})", "SPC109", "2:5", "41 characters"),
    Case("  f(1e309)", "SPC109", "2:5", "larger"),
    Case("  f(1e-400)", "SPC109", "2:5", "smaller"),
]


def said(found: Diagnostic) -> str:
    labels = (label.text for label in found.labels)
    return "\n".join([found.message, *labels, found.help or ""])


def check(case: Case, text: str) -> None:
    found = mistake(text)
    assert (found.code.number, place(found)) == (case.code, case.at)
    assert case.told in said(found)


@pytest.mark.parametrize("case", WHOLE_FILES, ids=lambda case: repr(case.text[:25]))
def test_what_is_said_about_a_wrong_file(case: Case) -> None:
    check(case, case.text)


@pytest.mark.parametrize(
    "case", [*IN_A_BODY, *CHARACTERS, *LITERALS], ids=lambda case: ascii(case.text[:25])
)
def test_what_is_said_about_a_wrong_statement(case: Case) -> None:
    check(case, f"{HEAD}{case.text}\n}}\n")


# Brackets

UNCLOSED = [
    # text, where it is missed, where it was opened
    (HEAD + "  x -> f(3\n}\n", "3:1", "2:9"),
    (HEAD + "  x -> f(3\n    -> g\n  y = 3\n}\n", "4:3", "2:9"),
    (HEAD + "  x -> f([3)\n}\n", "2:12", "2:10"),
    (HEAD + "  x -> f", "2:9", "1:34"),
    (HEAD + "  x -> f\n\n# the end\n", "2:9", "1:34"),
    (HEAD + "  x -> r {\n    f\n}\n\nblock b { f }\n", "6:1", "2:10"),
    (HEAD + "  x -> f\n\nmodel n() -> int { x }\n", "4:1", "1:34"),
    (HEAD + '  x -> f\n\nimport "a.seq"\n', "4:1", "1:34"),
    ("cell c {\n  state h[units\n  h' = x\n}\n", "3:3", "2:10"),
    ("const A = [1, 2\nconst B = 3\n", "2:1", "1:11"),
    ("model m(x: int -> float { x }\n", "1:16", "1:8"),
]


@pytest.mark.parametrize(("text", "missed", "opened"), UNCLOSED)
def test_an_unclosed_bracket_is_shown_at_both_ends(
    text: str, missed: str, opened: str
) -> None:
    found = mistake(text)
    assert found.code.slug == "unclosed-bracket"
    assert (place(found, 0), place(found, 1)) == (missed, opened)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (HEAD + "  x\n}\n}\n", "4:1"),
        (HEAD + "  x -> f(3))\n}\n", "2:12"),
        (HEAD + "  x -> f 3]\n}\n", None),
        ("}", "1:1"),
    ],
)
def test_a_bracket_that_closes_nothing(text: str, at: str | None) -> None:
    found = mistake(text)
    if at is None:  # another mistake comes first
        assert found.code.slug == "unexpected-text"
        return
    assert (found.code.slug, place(found)) == ("unopened-bracket", at)


def test_a_mistake_before_a_missing_bracket_is_told_first() -> None:
    found = mistake(HEAD + "  x = = 3\n  y\n")
    assert (found.code.slug, place(found)) == ("unexpected-text", "2:7")


def test_nesting_is_refused_where_it_gets_too_deep() -> None:
    found = mistake(HEAD + "  " + "(" * 70)
    assert (found.code.slug, place(found)) == ("nested-too-deeply", "2:66")


def test_a_place_at_the_end_of_a_line_is_behind_its_last_token() -> None:
    found = mistake(HEAD + "  y =   # nothing\n}\n")
    assert place(found) == "2:6"
    assert found.labels[0].span.text == ""


@pytest.mark.parametrize("word", RESERVED)
def test_each_reserved_word_is_refused_as_a_name(word: str) -> None:
    assert mistake(f"const {word} = 3").code.slug == "reserved-word"


# Whatever the text, there is a tree or one diagnostic


def holds_up(text: str) -> None:
    try:
        parse(Source("test.seq", text))
    except Failure as failure:
        (found,) = failure.diagnostics
        assert found.message and found.labels
        for label in found.labels:
            assert 0 <= label.span.start <= label.span.stop <= len(text)
        assert "_NEWLINE" not in said(found) and "$END" not in said(found)


TOKENS = [*SIGNS, *RESERVED, *SOFT, "\n", "x", "h'", "3", '"a"', "# c\n", "é", "?"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=25), st.booleans())
def test_any_row_of_tokens_gives_a_tree_or_one_diagnostic(
    tokens: list[str], in_body: bool
) -> None:
    holds_up((HEAD if in_body else "") + " ".join(tokens))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_gives_a_tree_or_one_diagnostic(text: str) -> None:
    holds_up(text)
