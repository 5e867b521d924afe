"""What a terminal is sent: no control character of the user's, colour if asked."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from specc.diagnostics import Code, Diagnostic, Label
from specc.diagnostics.render import render_text
from specc.text import Source, Span

UNKNOWN_OPTION = Code("SPC204", "unknown-option")


def span_of(source: Source, found: str) -> Span:
    start = source.text.index(found)
    return Span(source, start, start + len(found))


HOSTILE = "\x1b[2J\x07\x00\r\x7f\x85\u202e\u200b\u2028\ud800"
HOSTILE_SHOWN = r"\x1b[2J\x07\x00\r\x7f\x85\u202e\u200b\u2028\ud800"


def test_control_characters_are_escaped_wherever_they_come_from() -> None:
    source = Source(f"{HOSTILE}.seq", f"{HOSTILE} here\n")
    diagnostic = Diagnostic(
        UNKNOWN_OPTION,
        f"{HOSTILE}\n",
        (Label(span_of(source, "here"), f"{HOSTILE}\n"),),
        f"{HOSTILE}\nmore",
    )
    assert render_text([diagnostic]) == (
        f"error[SPC204] unknown-option: {HOSTILE_SHOWN}\\n\n"
        f" --> {HOSTILE_SHOWN}.seq:1:15\n"
        "  |\n"
        f"1 | {HOSTILE_SHOWN} here\n"
        f"  | {' ' * len(HOSTILE_SHOWN)} ^^^^ {HOSTILE_SHOWN}\\n\n"
        "  |\n"
        f"help: {HOSTILE_SHOWN}\n"
        "      more\n"
        "\n"
        "1 error"
    )


def test_colour_adds_no_control_character_of_the_users(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    source = Source("a.seq", f"{HOSTILE} here\n")
    diagnostic = Diagnostic(
        UNKNOWN_OPTION, HOSTILE, (Label(span_of(source, "here"), HOSTILE),), HOSTILE
    )
    coloured = render_text([diagnostic], color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render_text([diagnostic])


def test_colour_changes_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    source = Source("a.seq", "[bold]left[/bold] + \\[right :smile:\n")
    labels = (Label(span_of(source, "[/bold]"), "[red]"), Label(span_of(source, "+")))
    diagnostic = Diagnostic(UNKNOWN_OPTION, "[b]m", labels, "[link=x]do[/link]")
    coloured = render_text([diagnostic], color=True)
    assert "\x1b[1;31merror[SPC204]\x1b[0m" in coloured
    assert "\x1b[1;31m^^^^^^^ [red]\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render_text([diagnostic])


@pytest.mark.parametrize(("value", "coloured"), [("1", False), ("", True)])
def test_no_color_is_honoured(
    monkeypatch: pytest.MonkeyPatch, value: str, coloured: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", value)
    assert (
        "\x1b" in render_text([Diagnostic(UNKNOWN_OPTION, "m")], color=True)
    ) is coloured


def test_plain_text_needs_no_rich() -> None:
    program = (
        "import sys\n"
        "sys.modules['rich'] = None\n"
        "from specc.diagnostics import Code, Diagnostic\n"
        "from specc.diagnostics.render import render_text\n"
        "print(render_text([Diagnostic(Code('SPC201', 'slug'), 'message')]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "error[SPC201] slug: message\n\n1 error\n"
