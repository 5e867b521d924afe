"""`specc params` prints exact counts, in four formats."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

FORMATS = ["table", "json", "csv", "markdown"]


def test_the_sonnets_have_the_published_count(specc, models: Path) -> None:
    found = specc("params", models / "sonnets.seq")
    assert (found.code, found.err) == (0, "")
    assert "6,101,671" in found.out


def test_the_json_is_one_document_for_all_models(specc, tmp_path: Path) -> None:
    one = "model {}(x: float[3]) -> float[1] {{\n  x -> dense(1)\n}}\n"
    (tmp_path / "two.seq").write_text(one.format("left") + one.format("right"))
    data = json.loads(specc("params", "two.seq", "--format", "json").out)
    assert [model["name"] for model in data["models"]] == ["left", "right"]
    assert data["models"][0]["total"] == 4


def test_weights_are_listed_by_canonical_name(specc) -> None:
    found = specc("params", "tiny.seq", "--weights", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(found.out)))
    assert [row["weight"] for row in rows[-2:]] == ["dense.W", "dense.b"]
    assert "lstm.W_i" in specc("params", "tiny.seq", "--weights").out


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("weights", [[], ["--weights"]])
def test_the_same_bytes_every_time(specc, format: str, weights: list[str]) -> None:
    arguments = ["params", "tiny.seq", "--format", format, *weights]
    first, second = specc(*arguments), specc(*arguments)
    assert first == second and first.code == 0 and first.out.endswith("\n")
    assert not first.out.endswith("\n\n")


def test_a_broken_spec_prints_no_table(specc, tmp_path: Path) -> None:
    (tmp_path / "wrong.seq").write_text("model m(x: float[3]) -> float[1] {\n  y\n}\n")
    found = specc("params", "wrong.seq")
    assert (found.code, found.out) == (1, "") and "SPC201" in found.err


def test_a_library_has_no_model_to_count(specc, models: Path) -> None:
    found = specc("params", models.parent / "std" / "cells.seq")
    assert (found.code, found.out) == (1, "") and "SPC216" in found.err
