"""What programs read: JSON and GitHub annotations."""

from __future__ import annotations

import json

from specc.diagnostics import Code, Diagnostic, Label
from specc.diagnostics.render import render_github, render_json
from specc.text import Source, Span

MISMATCH = Code("SPC301", "length-mismatch")
UNUSED = Code("SPC205", "unused-name", "warning")
SOURCE = Source("b.seq", "a +\n  b\n")
OTHER = Source("a.seq", "déjà\n")
TWO_FILES = Diagnostic(
    MISMATCH,
    "lengths differ",
    (Label(Span(SOURCE, 0, 7), "here"), Label(Span(OTHER, 1, 4))),
    "use `pair`",
)


def test_json_says_everything() -> None:
    assert json.loads(render_json([TWO_FILES, Diagnostic(UNUSED, "nowhere")])) == {
        "schema": 1,
        "diagnostics": [
            {
                "code": "SPC205",
                "slug": "unused-name",
                "severity": "warning",
                "message": "nowhere",
                "file": None,
                "line": None,
                "column": None,
                "end_line": None,
                "end_column": None,
                "labels": [],
                "help": None,
            },
            {
                "code": "SPC301",
                "slug": "length-mismatch",
                "severity": "error",
                "message": "lengths differ",
                "file": "b.seq",
                "line": 1,
                "column": 1,
                "end_line": 2,
                "end_column": 4,
                "labels": [
                    {
                        "file": "b.seq",
                        "line": 1,
                        "column": 1,
                        "end_line": 2,
                        "end_column": 4,
                        "text": "here",
                    },
                    {
                        "file": "a.seq",
                        "line": 1,
                        "column": 2,
                        "end_line": 1,
                        "end_column": 5,
                        "text": "",
                    },
                ],
                "help": "use `pair`",
            },
        ],
    }


def test_json_of_nothing_is_an_empty_list() -> None:
    assert json.loads(render_json([])) == {"schema": 1, "diagnostics": []}


def test_json_is_plain_ascii_and_gives_the_text_back() -> None:
    hostile = 'é\x1b\x7f\x85\u202e\ud800"\\\n'
    text = render_json([Diagnostic(MISMATCH, hostile)])
    assert text.replace("\n", "").isprintable() and text.isascii()
    assert json.loads(text)["diagnostics"][0]["message"] == hostile


def test_github_names_the_place_and_gives_the_help() -> None:
    assert render_github([TWO_FILES]) == (
        "::error file=b.seq,line=1,col=1,title=SPC301 length-mismatch"
        "::lengths differ%0Ahelp: use `pair`"
    )


def test_github_without_a_place_has_a_title_only() -> None:
    assert render_github([Diagnostic(UNUSED, "nowhere")]) == (
        "::warning title=SPC205 unused-name::nowhere"
    )


def test_github_properties_escape_what_would_end_them() -> None:
    source = Source("C:\\a,b%2C\r\n::error::x.seq", "a")
    annotation = render_github([Diagnostic(UNUSED, "m", (Label(Span(source, 0, 1)),))])
    assert annotation == (
        "::warning file=C%3A\\a%2Cb%252C%0D%0A%3A%3Aerror%3A%3Ax.seq,line=1,col=1,"
        "title=SPC205 unused-name::m"
    )


def test_github_messages_escape_what_would_begin_another_command() -> None:
    message = "100%\r\n::error::x, y: z\x1b[0m\u2028"
    assert render_github([Diagnostic(UNUSED, message)]) == (
        "::warning title=SPC205 unused-name"
        "::100%25%0D%0A::error::x, y: z\\x1b[0m\\u2028"
    )


def test_github_gives_one_line_each_in_order() -> None:
    later = Diagnostic(UNUSED, "later", (Label(Span(SOURCE, 6, 7)),))
    lines = render_github([later, TWO_FILES]).splitlines()
    assert [line.split(",")[1] for line in lines] == ["line=1", "line=2"]


def test_github_of_nothing_is_nothing() -> None:
    assert render_github([]) == ""
