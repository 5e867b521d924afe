"""`specc diff` tells what changed, and ends with 1 only if it is asked to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture
def wider(tmp_path: Path) -> str:
    text = (tmp_path / "tiny.seq").read_text()
    (tmp_path / "wider.seq").write_text(text.replace("lstm(4", "lstm(5"))
    return "wider.seq"


def test_a_difference_is_no_failure(specc, wider: str) -> None:
    found = specc("diff", "tiny.seq", wider)
    assert (found.code, found.err) == (0, "")
    assert "~ lstm  lstm(5, final)" in found.out
    assert "reshaped  lstm.W_i" in found.out and "[4, 3]  ->  [5, 3]" in found.out


@pytest.mark.parametrize("format", ["text", "json"])
def test_the_exit_code_tells_on_request(specc, wider: str, format: str) -> None:
    arguments = ["--exit-code", "--format", format]
    assert specc("diff", "tiny.seq", wider, *arguments).code == 1
    assert specc("diff", "tiny.seq", "tiny.seq", *arguments).code == 0


def test_the_json_is_one_document(specc, wider: str) -> None:
    data = json.loads(specc("diff", "tiny.seq", wider, "--format", "json").out)
    assert data["before"]["source"] == "tiny.seq" and data["differs"]


def test_a_broken_spec_differs_from_nothing(specc, tmp_path: Path) -> None:
    (tmp_path / "wrong.seq").write_text("model m(x: float[3]) -> float[1] {\n  y\n}\n")
    found = specc("diff", "tiny.seq", "wrong.seq")
    assert (found.code, found.out) == (1, "") and "SPC201" in found.err


def test_one_model_is_chosen_in_both(specc, tmp_path: Path) -> None:
    two = (tmp_path / "tiny.seq").read_text()
    (tmp_path / "two.seq").write_text(two + two.replace("tiny", "other"))
    assert specc("diff", "two.seq", "tiny.seq", "--model", "tiny").code == 0
    assert specc("diff", "two.seq", "tiny.seq").code == 2
