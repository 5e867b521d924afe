"""Diagnostics as text with carets, as JSON, and as GitHub annotations."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence

from specc.diagnostics.model import Diagnostic
from specc.diagnostics.snippet import Ink, Mark, Row, label_marks, snippet
from specc.diagnostics.visible import visible
from specc.text import Source, Span

Paint = Callable[[str, Ink], str]

# What GitHub demands, so that no text ends its annotation or begins another.
_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = _IN_MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})


def render_text(diagnostics: Sequence[Diagnostic], color: bool = False) -> str:
    """For people: each with its lines and carets, then a line that counts them.

    Coloured only if asked for and `NO_COLOR` is not set. Empty for no diagnostics.
    """
    if not diagnostics:
        return ""
    paint = _painter() if color and not os.environ.get("NO_COLOR") else _plain
    blocks = [
        "\n".join(
            "".join(paint(text, ink) for text, ink in row) for row in _rows(diagnostic)
        )
        for diagnostic in _in_order(diagnostics)
    ]
    return "\n\n".join([*blocks, _count(diagnostics)])


def render_json(diagnostics: Sequence[Diagnostic]) -> str:
    """For programs: `{"schema": 1, "diagnostics": [...]}`, in ASCII.

    Lines and columns count from 1, in characters; the end is exclusive. All five
    fields of a place are null where a diagnostic has none.
    """
    listed = diagnostics_data(diagnostics)
    text = json.dumps({"schema": 1, "diagnostics": listed}, indent=2)
    # The one control character that JSON lets stand as it is.
    return text.replace("\x7f", "\\u007f")


def diagnostics_data(diagnostics: Sequence[Diagnostic]) -> list[dict[str, object]]:
    """Each diagnostic as JSON has it."""
    return [
        {
            "code": diagnostic.code.number,
            "slug": diagnostic.code.slug,
            "severity": diagnostic.code.severity,
            "message": diagnostic.message,
            **_place(_main_span(diagnostic)),
            "labels": [
                {**_place(label.span), "text": label.text}
                for label in diagnostic.labels
            ],
            "help": diagnostic.help,
        }
        for diagnostic in _in_order(diagnostics)
    ]


def render_github(diagnostics: Sequence[Diagnostic]) -> str:
    """For GitHub Actions: one annotation a line; the help follows the message."""
    return "\n".join(map(_annotation, _in_order(diagnostics)))


def _in_order(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    def place(diagnostic: Diagnostic) -> tuple[str, int, str]:
        span = _main_span(diagnostic)
        if span is None:
            return "", 0, diagnostic.code.number
        return span.source.name, span.start, diagnostic.code.number

    return sorted(diagnostics, key=place)


def _main_span(diagnostic: Diagnostic) -> Span | None:
    return diagnostic.labels[0].span if diagnostic.labels else None


def _plain(text: str, ink: Ink) -> str:
    return text


def _painter() -> Paint:
    # rich takes long to load, and plain text needs none of it.
    from rich.color import ColorSystem
    from rich.style import Style

    styles: dict[Ink, Style] = {
        "plain": Style(),
        "strong": Style(bold=True),
        "gutter": Style(color="blue", bold=True),
        "error": Style(color="red", bold=True),
        "warning": Style(color="yellow", bold=True),
        "other": Style(color="blue", bold=True),
        "help": Style(color="cyan", bold=True),
    }

    # `Style.render` reads no markup, so brackets in a spec stay brackets.
    def paint(text: str, ink: Ink) -> str:
        return styles[ink].render(text, color_system=ColorSystem.STANDARD)

    return paint


def _rows(diagnostic: Diagnostic) -> Iterator[Row]:
    code = diagnostic.code
    yield (
        (f"{code.severity}[{code.number}]", code.severity),
        (f" {code.slug}: {visible(diagnostic.message)}", "strong"),
    )
    if diagnostic.labels:
        yield from _snippet_rows(diagnostic)
    if diagnostic.help is not None:
        first, *others = diagnostic.help.split("\n")
        yield (("help:", "help"), (f" {visible(first)}", "plain"))
        for line in others:
            yield ((f"      {visible(line)}".rstrip(), "plain"),)


def _snippet_rows(diagnostic: Diagnostic) -> Iterator[Row]:
    """One snippet a file: first the file of the mistake, then what it clashes with."""
    spans: dict[Source, Span] = {}
    marks: dict[Source, list[Mark]] = {}
    sign = "^"
    ink: Ink = diagnostic.code.severity
    for label in diagnostic.labels:
        source = label.span.source
        spans.setdefault(source, label.span)
        marks.setdefault(source, []).extend(label_marks(label, sign, ink))
        sign, ink = "-", "other"
    last_line = max(mark.line for found in marks.values() for mark in found)
    gutter = len(str(last_line))
    margin: Row = ((" " * gutter + " |", "gutter"),)
    arrow = "-->"
    for source, span in spans.items():
        if arrow == ":::":
            yield margin
        place = visible(str(span))
        yield ((" " * gutter + arrow, "gutter"), (f" {place}", "plain"))
        yield margin
        yield from snippet(source, marks[source], gutter)
        arrow = ":::"
    if diagnostic.help is not None:
        yield margin


def _count(diagnostics: Sequence[Diagnostic]) -> str:
    parts = []
    for severity in ("error", "warning"):
        count = sum(d.code.severity == severity for d in diagnostics)
        if count:
            parts.append(f"{count} {severity}{'' if count == 1 else 's'}")
    return ", ".join(parts)


def _place(span: Span | None) -> dict[str, str | int | None]:
    names = ("file", "line", "column", "end_line", "end_column")
    if span is None:
        return dict.fromkeys(names)
    source = span.source
    values = (source.name, *source.position(span.start), *source.position(span.stop))
    return dict(zip(names, values, strict=True))


def _annotation(diagnostic: Diagnostic) -> str:
    code, span = diagnostic.code, _main_span(diagnostic)
    properties: dict[str, str] = {}
    if span is not None:
        line, column = span.source.position(span.start)
        properties = {"file": span.source.name, "line": str(line), "col": str(column)}
    properties["title"] = f"{code.number} {code.slug}"
    listed = ",".join(
        f"{name}={visible(value.translate(_IN_PROPERTY))}"
        for name, value in properties.items()
    )
    message = diagnostic.message
    if diagnostic.help is not None:
        message = f"{message}\nhelp: {diagnostic.help}"
    return f"::{code.severity} {listed}::{visible(message.translate(_IN_MESSAGE))}"
