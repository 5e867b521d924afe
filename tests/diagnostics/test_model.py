"""Collecting diagnostics."""

from __future__ import annotations

import pytest

from specc.diagnostics import Code, Failure, Label, Sink, did_you_mean
from specc.text import Source, Span

ERROR = Code("SPC201", "unknown-name")
WARNING = Code("SPC205", "unused-name", "warning")
SOURCE = Source("a.seq", "one two\n")


def test_the_same_diagnostic_is_kept_once() -> None:
    sink = Sink()
    for _ in range(2):
        sink.report(ERROR, Span(SOURCE, 0, 3), "unknown")
    sink.report(ERROR, Span(SOURCE, 4, 7), "unknown")
    assert [d.labels[0].span.column for d in sink.diagnostics] == [1, 5]


def test_the_first_label_is_the_place_of_the_mistake() -> None:
    other = Label(Span(SOURCE, 4, 7), "clashes")
    found = Sink().report(
        ERROR, Span(SOURCE, 0, 3), "unknown", label="here", others=[other]
    )
    assert found.labels == (Label(Span(SOURCE, 0, 3), "here"), other)


def test_a_warning_stops_nothing() -> None:
    sink = Sink()
    sink.report(WARNING, None, "unused")
    sink.stop_on_errors()


def test_an_error_stops_with_all_that_was_found() -> None:
    sink = Sink()
    sink.report(WARNING, None, "unused")
    sink.report(ERROR, None, "unknown")
    with pytest.raises(Failure) as raised:
        sink.stop_on_errors()
    assert [d.message for d in raised.value.diagnostics] == ["unused", "unknown"]


def test_a_near_name_is_suggested_and_a_far_one_is_not() -> None:
    assert did_you_mean("finel", ["final", "states"]) == "did you mean `final`?"
    assert did_you_mean("zzz", ["final", "states"]) is None
