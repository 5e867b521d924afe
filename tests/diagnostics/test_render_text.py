"""What people see: lines, carets, labels, help, their order and the count."""

from __future__ import annotations

import re
import textwrap

import pytest

from specc.diagnostics import Code, Diagnostic, Label
from specc.diagnostics.render import render_text
from specc.text import Source, Span

UNKNOWN_OPTION = Code("SPC204", "unknown-option")
UNUSED_NAME = Code("SPC205", "unused-name", "warning")


def span_of(source: Source, found: str, until: str | None = None) -> Span:
    start = source.text.index(found)
    if until is None:
        return Span(source, start, start + len(found))
    return Span(source, start, source.text.index(until, start) + len(until))


def mistake(*labels: Label, help: str | None = None) -> Diagnostic:
    return Diagnostic(UNKNOWN_OPTION, "message", labels, help)


def shown(*labels: Label, help: str | None = None) -> str:
    """The rows between the head line and the count."""
    lines = render_text([mistake(*labels, help=help)]).splitlines()
    assert lines[0] == "error[SPC204] unknown-option: message"
    assert lines[-2:] == ["", "1 error"]
    return "\n".join(lines[1:-2]) + "\n"


def expected(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def test_one_line_in_full() -> None:
    source = Source("imdb.seq", "model m {\n  a -> lstm(64, finel)\n}\n")
    diagnostic = Diagnostic(
        UNKNOWN_OPTION,
        "`lstm` has no option `finel`",
        (Label(span_of(source, "finel"), "not an option"),),
        "did you mean `final`?",
    )
    assert render_text([diagnostic]) == (
        "error[SPC204] unknown-option: `lstm` has no option `finel`\n"
        " --> imdb.seq:2:17\n"
        "  |\n"
        "2 |   a -> lstm(64, finel)\n"
        "  |                 ^^^^^ not an option\n"
        "  |\n"
        "help: did you mean `final`?\n"
        "\n"
        "1 error"
    )


def test_a_label_without_text_has_carets_only() -> None:
    source = Source("a.seq", "abc")
    assert shown(Label(span_of(source, "b"))) == expected("""
         --> a.seq:1:2
          |
        1 | abc
          |  ^
        """)


def test_a_label_over_three_lines_is_marked_on_each() -> None:
    source = Source("a.seq", "m(a,\n  b, \n  c) {\n")
    assert shown(Label(span_of(source, "a,", "c)"), "these")) == expected("""
         --> a.seq:1:3
          |
        1 | m(a,
          |   ^^
        2 |   b,
          |   ^^^
        3 |   c) {
          |   ^^ these
        """)


def test_a_blank_line_inside_a_label_is_shown_without_carets() -> None:
    source = Source("a.seq", "(a\n\nb)\n")
    assert shown(Label(span_of(source, "a", "b"))) == expected("""
         --> a.seq:1:2
          |
        1 | (a
          |  ^
        2 |
        3 | b)
          | ^
        """)


def test_a_label_over_many_lines_shows_the_first_and_the_last() -> None:
    source = Source("a.seq", "m {\n  a\n  b\n  c\n}\n")
    assert shown(Label(span_of(source, "{", "}"), "this body")) == expected("""
         --> a.seq:1:3
          |
        1 | m {
          |   ^
        ...
        5 | }
          | ^ this body
        """)


def test_two_labels_on_one_line_stand_in_the_order_of_the_line() -> None:
    source = Source("a.seq", "left + right\n")
    labels = (
        Label(span_of(source, "right"), "this is [S]"),
        Label(span_of(source, "left"), "this is [T]"),
    )
    assert shown(*labels) == expected("""
         --> a.seq:1:8
          |
        1 | left + right
          | ---- this is [T]
          |        ^^^^^ this is [S]
        """)


def test_labels_on_far_lines_show_what_is_left_out() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 13))
    source = Source("a.seq", text)
    labels = [Label(span_of(source, f"line {n}\n"), f"on {n}") for n in (12, 5, 3)]
    assert shown(*labels, help="do it") == expected("""
          --> a.seq:12:1
           |
         3 | line 3
           | ------ on 3
         4 | line 4
         5 | line 5
           | ------ on 5
        ...
        12 | line 12
           | ^^^^^^^ on 12
           |
        help: do it
        """)


def test_two_files_show_the_file_of_the_mistake_first() -> None:
    used = Source("z.seq", "\n" * 9 + "use(1, 2)\n")
    declared = Source("a.seq", "block use(a: int)\n")
    labels = (
        Label(span_of(used, "2"), "one too many"),
        Label(span_of(declared, "(a: int)"), "takes one"),
    )
    assert shown(*labels) == expected("""
          --> z.seq:10:8
           |
        10 | use(1, 2)
           |        ^ one too many
           |
          ::: a.seq:1:10
           |
         1 | block use(a: int)
           |          -------- takes one
        """)


def test_tabs_are_shown_as_spaces_up_to_the_next_stop() -> None:
    source = Source("a.seq", "\ta\tbc\n")
    assert shown(Label(span_of(source, "bc"))) == expected("""
         --> a.seq:1:4
          |
        1 |     a   bc
          |         ^^
        """)


@pytest.mark.parametrize(
    ("before", "columns"),
    [
        ("漢字", 4),  # two columns each
        ("e\u0301", 1),  # e and a combining accent
        ("\u1112\u1161\u11ab", 2),  # one Hangul syllable in three parts
        ("ｆ", 2),  # a full-width letter
        ("😀", 2),
        ("é", 1),
    ],
)
def test_carets_stand_under_what_follows_a_wide_or_combining_character(
    before: str, columns: int
) -> None:
    source = Source("a.seq", f"# {before} here\n")
    row = shown(Label(span_of(source, "here"))).splitlines()[-1]
    assert row == "  |   " + " " * columns + " ^^^^"


def test_carets_are_as_wide_as_the_characters_over_them() -> None:
    source = Source("a.seq", "a 漢e\u0301 b\n")
    row = shown(Label(span_of(source, "漢e\u0301"))).splitlines()[-1]
    assert row == "  |   ^^^"


def test_a_combining_character_alone_gets_a_caret() -> None:
    source = Source("a.seq", "e\u0301\n")
    row = shown(Label(span_of(source, "\u0301"))).splitlines()[-1]
    assert row == "  |  ^"


@pytest.mark.parametrize("text", ["", "a", "a\n", "a\n\n"])
def test_the_end_of_the_file_can_be_pointed_at(text: str) -> None:
    source = Source("a.seq", text)
    end = Span(source, len(text), len(text))
    line, column = source.position(len(text))
    rows = shown(Label(end, "ended here")).splitlines()
    assert rows[0] == f" --> a.seq:{line}:{column}"
    assert rows[2] == f"{line} | {source.line(line)}".rstrip()
    assert rows[3] == "  | " + " " * (column - 1) + "^ ended here"


def test_a_span_that_ends_with_its_line_end_stays_on_its_line() -> None:
    source = Source("a.seq", "abc\ndef\n")
    assert shown(Label(Span(source, 1, 4))) == expected("""
         --> a.seq:1:2
          |
        1 | abc
          |  ^^
        """)


def test_a_span_of_a_line_end_points_after_the_line() -> None:
    source = Source("a.seq", "abc\ndef\n")
    assert shown(Label(Span(source, 3, 4))).endswith("1 | abc\n  |    ^\n")


def test_a_span_beyond_the_text_points_at_its_end() -> None:
    source = Source("a.seq", "abc")
    assert shown(Label(Span(source, 90, 99))).endswith("1 | abc\n  |    ^\n")


def test_no_span_shows_message_and_help_only() -> None:
    assert shown(help="name a file") == "help: name a file\n"


def test_a_very_long_line_is_cut_around_each_label() -> None:
    source = Source("a.seq", "x" * 500 + "here" + "y" * 500 + "there" + "z" * 9)
    labels = (Label(span_of(source, "there"), "one"), Label(span_of(source, "here")))
    assert shown(*labels) == (
        " --> a.seq:1:1005\n"
        "  |\n"
        f"1 | ...{'x' * 40}here{'y' * 76}...\n"
        f"  |    {' ' * 40}----\n"
        f"1 | ...{'y' * 106}there{'z' * 9}\n"
        f"  |    {' ' * 106}^^^^^ one\n"
    )


def test_a_label_longer_than_what_is_shown_ends_with_it() -> None:
    source = Source("a.seq", "x" * 9999)
    assert shown(Label(Span(source, 100, 9000), "long")) == (
        " --> a.seq:1:101\n"
        "  |\n"
        f"1 | ...{'x' * 120}...\n"
        f"  |    {' ' * 40}{'^' * 80} long\n"
    )


def test_order_is_by_file_then_position_then_code() -> None:
    a, b = Source("a.seq", "one two\n"), Source("b.seq", "one\n")
    early, late = Code("SPC201", "early"), Code("SPC202", "late")
    diagnostics = [
        Diagnostic(early, "6", (Label(span_of(b, "one")),)),
        Diagnostic(early, "5", (Label(span_of(a, "two")),)),
        Diagnostic(late, "3", (Label(span_of(a, "one")),)),
        Diagnostic(late, "4", (Label(span_of(a, "one")),)),
        Diagnostic(early, "2", (Label(span_of(a, "one")),)),
        Diagnostic(early, "1"),
    ]
    heads = re.findall(r"^error.*: (\d)$", render_text(diagnostics), re.MULTILINE)
    assert heads == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize(
    ("codes", "count"),
    [
        ([UNKNOWN_OPTION], "1 error"),
        ([UNUSED_NAME], "1 warning"),
        ([UNUSED_NAME] * 2, "2 warnings"),
        ([UNKNOWN_OPTION, UNUSED_NAME, UNKNOWN_OPTION], "2 errors, 1 warning"),
    ],
)
def test_the_last_line_counts(codes: list[Code], count: str) -> None:
    text = render_text([Diagnostic(code, "message") for code in codes])
    assert text.splitlines()[-1] == count


def test_nothing_found_says_nothing() -> None:
    assert render_text([]) == ""


def test_a_warning_says_so() -> None:
    assert render_text([Diagnostic(UNUSED_NAME, "`h` is not used")]) == (
        "warning[SPC205] unused-name: `h` is not used\n\n1 warning"
    )
