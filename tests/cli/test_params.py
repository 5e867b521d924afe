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


COST = ["params", "tiny.seq", "--cost"]


def test_a_cost_is_in_symbols_until_the_sizes_are_given(specc) -> None:
    assert "112·B·T" in specc(*COST).out
    assert "71,680" in specc(*COST, "--batch", "64", "--length", "10").out
    assert "1,120·B" in specc(*COST, "--length", "T=10").out


def test_the_cost_is_in_the_json_only_if_asked_for(specc) -> None:
    (plain,) = json.loads(specc("params", "tiny.seq", "--format", "json").out)["models"]
    assert "cost" not in plain and "cost" not in plain["layers"][0]
    found = specc(*COST, "--batch", "2", "--format", "json").out
    (model,) = json.loads(found)["models"]
    assert model["layers"][0]["cost"] == {
        "multiply_adds": "224 * T",
        "steps": "T",
        "activation_bytes": "192 * T + 32",
    }
    assert model["cost"]["batch"] == 2 and model["cost"]["lengths"] == {"T": "T"}
    assert model["cost"]["memory_bytes"]["moments"] == 8 * model["trainable"]
    for layer in model["layers"]:
        del layer["cost"]
    del model["cost"]
    assert model == plain


def test_the_cost_has_columns_in_every_format(specc) -> None:
    rows = list(csv.DictReader(io.StringIO(specc(*COST, "--format", "csv").out)))
    assert rows[0]["multiply_adds"] == "112 * B * T" and rows[1]["steps"] == "1"
    assert "| 112·B·T | T |" in specc(*COST, "--format", "markdown").out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--batch", "3"], "for --cost"),
        (["--length", "3"], "for --cost"),
        (["--cost", "--length", "time=3"], "the named lengths are T"),
        (["--cost", "--length", "T=0"], "no number of steps"),
        (["--cost", "--length", "=3"], "a name is missing"),
        (["--cost", "--length", "T=1e3"], "no number of steps"),
        (["--cost", "--batch", "0"], "--batch"),
        (["--cost", "--weights", "--format", "csv"], "two different tables"),
    ],
)
def test_sizes_that_mean_nothing_are_refused(specc, arguments, hint) -> None:
    found = specc("params", "tiny.seq", *arguments)
    assert (found.code, found.out) == (2, "") and hint in found.err
