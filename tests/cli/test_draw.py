"""`specc draw` gives a diagram on standard output or in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

STARTS = {"svg": "<svg ", "mermaid": "flowchart TD\n", "dot": "digraph {\n"}


@pytest.mark.parametrize("format", STARTS)
def test_every_format_goes_to_standard_output(specc, format: str) -> None:
    found = specc("draw", "tiny.seq", "--format", format)
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith(STARTS[format]) and "lstm" in found.out


@pytest.mark.parametrize("format", STARTS)
def test_the_file_holds_the_same(specc, tmp_path: Path, format: str) -> None:
    shown = specc("draw", "tiny.seq", "--format", format).out
    found = specc("draw", "tiny.seq", "--format", format, "--out", "here.txt")
    assert (found.code, found.out) == (0, "here.txt\n")
    assert (tmp_path / "here.txt").read_text() == shown


def test_nothing_is_written_through_a_link(specc, tmp_path: Path) -> None:
    (tmp_path / "link.svg").symlink_to(tmp_path / "elsewhere.svg")
    found = specc("draw", "tiny.seq", "--out", "link.svg")
    assert (found.code, found.out) == (1, "")
    assert not (tmp_path / "elsewhere.svg").exists()


def test_a_broken_spec_has_no_diagram(specc, tmp_path: Path) -> None:
    (tmp_path / "wrong.seq").write_text("model m(x: float[3]) -> float[1] {\n  y\n}\n")
    found = specc("draw", "wrong.seq", "--out", "wrong.svg")
    assert found.code == 1 and not (tmp_path / "wrong.svg").exists()
