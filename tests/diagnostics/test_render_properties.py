"""Whatever the text and the spans, rendering neither fails nor leaks a control."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from specc.diagnostics import Code, Diagnostic, Label
from specc.diagnostics.render import render_github, render_json, render_text
from specc.text import Source, Span

# Rich in what is awkward: tabs, line ends, wide, combining and invisible characters.
awkward = st.text(
    st.sampled_from("ab \t\n\r\x1b\x00漢e\u0301\u1112\u1161\u202e\ud800😀%:,"),
    max_size=300,
)


@st.composite
def labels(draw: st.DrawFn) -> Label:
    source = Source(draw(awkward), draw(awkward))
    start = draw(st.integers(0, len(source.text)))
    stop = draw(st.integers(start, len(source.text)))
    return Label(Span(source, start, stop), draw(awkward))


diagnostics = st.lists(
    st.builds(
        Diagnostic,
        st.sampled_from([Code("SPC201", "a"), Code("SPC202", "b", "warning")]),
        awkward,
        st.lists(labels(), max_size=3).map(tuple),
        st.none() | awkward,
    ),
    max_size=4,
)


@given(diagnostics)
def test_text_is_printable_and_every_label_has_a_mark(found: list[Diagnostic]) -> None:
    text = render_text(found)
    assert all(line.isprintable() for line in text.split("\n"))
    for diagnostic in found:
        signs = ["^", *"-" * len(diagnostic.labels)]
        rows = render_text([diagnostic]).split("\n")
        under = [row.partition("|")[2].lstrip()[:1] for row in rows]
        for sign in set(signs[: len(diagnostic.labels)]):
            assert sign in under


@given(diagnostics)
def test_json_gives_back_every_text(found: list[Diagnostic]) -> None:
    text = render_json(found)
    assert text.isascii() and text.replace("\n", "").isprintable()
    back = json.loads(text)["diagnostics"]
    assert sorted(d["message"] for d in back) == sorted(d.message for d in found)


@given(diagnostics)
def test_github_gets_one_printable_line_each(found: list[Diagnostic]) -> None:
    lines = render_github(found).split("\n") if found else []
    assert len(lines) == len(found)
    for line in lines:
        assert line.isprintable()
        assert line.startswith(("::error ", "::warning "))
