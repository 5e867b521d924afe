"""The bug report names what a maintainer needs, and obeys nothing in it."""

from __future__ import annotations

import platform

import specc
from specc.diagnostics.crash import MOST_FRAMES, crash_report


def caught(message: str) -> BaseException:
    try:
        raise RuntimeError(message)
    except RuntimeError as error:
        return error


def test_the_report_has_all_that_is_needed() -> None:
    report = crash_report(caught("the node list is empty"), ["check", "a b.seq"])
    assert report.startswith("error[SPC900] internal-error: ")
    for needed in (
        specc.__version__,
        platform.platform(),
        platform.python_version(),
        "specc check 'a b.seq'",
        "Traceback (most recent call last):",
        "test_crash.py",
        "RuntimeError: the node list is empty",
        "Please report this",
    ):
        assert needed in report


def test_control_characters_are_escaped() -> None:
    report = crash_report(caught("\x1b]0;title\x07\r\u202e"), ["\x1b[2J"])
    assert r"\x1b]0;title\x07\r\u202e" in report
    assert r"\x1b[2J" in report
    assert report.replace("\n", "").isprintable()


def test_the_cause_is_told_too() -> None:
    try:
        raise ValueError("second") from caught("first")
    except ValueError as error:
        report = crash_report(error, [])
    assert report.index("RuntimeError: first") < report.index("ValueError: second")


def test_endless_recursion_does_not_flood_the_terminal() -> None:
    def even(number: int) -> int:
        return odd(number + 1)

    def odd(number: int) -> int:
        return even(number + 1)

    try:
        even(0)
    except RecursionError as error:
        report = crash_report(error, [])
    assert len(report.splitlines()) < 4 * MOST_FRAMES
