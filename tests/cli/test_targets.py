"""`--target`, `specc explain-schedule` and advice for a TPU."""

from __future__ import annotations

import ast
import json
from hashlib import sha256
from pathlib import Path

import pytest

from specc import Target, compile

WIDE = """
model wide(x: float[T, 8]) -> y: float[3] {
  x -> bi(lstm(64)) -> gru(100, final) -> dense(3)
}
"""


@pytest.fixture(autouse=True)
def spec(tmp_path: Path) -> None:
    (tmp_path / "wide.seq").write_text(WIDE)


def test_a_target_is_named_in_the_program(specc, tmp_path: Path) -> None:
    for target in ("portable", "cpu"):
        assert (
            specc("build", "wide.seq", "--backend", "jax", "--target", target).code == 0
        )
        text = (tmp_path / "build" / "wide_jax.py").read_text()
        assert f'"schedule": "{target}"' in text
        assert ("def lstm_backward(" in text) == (target == "cpu")


@pytest.mark.parametrize("backend", ["jax", "tensorflow"])
def test_a_program_says_all_that_it_was_made_for(
    specc, tmp_path: Path, backend: str
) -> None:
    text = WIDE.replace("gru(100", "gru(n").replace("\nmodel", "const n = 5\nmodel")
    (tmp_path / "wide.seq").write_text(text)
    given = ("build", "wide.seq", "--backend", backend, "--set", "n=7")
    said = []
    for more in ((), ("--target", "cpu"), ("--target", "cpu", "--batch", "1")):
        assert specc(*given, *more).code == 0
        tree = ast.parse((tmp_path / f"build/wide_{backend}.py").read_text())
        (spec,) = (
            node.value
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SPEC"
        )
        said.append(ast.literal_eval(spec))
    assert [one["set"] for one in said] == [{"n": 7}] * 3
    assert [one["schedule"] for one in said] == ["portable", "cpu", "cpu"]
    assert [one.get("batch") for one in said] == [None, None, 1]
    assert said[0]["sha256"] == sha256(text.encode()).hexdigest()
    program = compile(text, {"n": 7}).source(backend, target=Target("cpu", batch=1))
    assert program == (tmp_path / f"build/wide_{backend}.py").read_text()


def test_every_choice_has_a_reason(specc) -> None:
    found = specc("explain-schedule", "wide.seq", "--target", "gpu", "--length", "8")
    assert (found.code, found.err) == (0, "")
    first, *rest = found.out.splitlines()
    assert first == "wide, for gpu, lengths of 8"
    assert rest[0].startswith("  bi_lstm (bi(lstm), wide.seq:3)")
    choices = [line.split() for line in rest if line.startswith("    ")]
    assert ["directions", "together"] in [words[:2] for words in choices]
    assert all(len(words) > 4 for words in choices)


def test_a_backend_says_what_it_does_otherwise(specc, tmp_path: Path) -> None:
    text = "model m(x: float[T, 4] ragged) -> float[6] { x -> min_gru(6, final) }"
    (tmp_path / "m.seq").write_text(text)

    def said(target: str) -> str:
        lines = specc("explain-schedule", "m.seq", "--target", target).out.splitlines()
        return next((one for one in lines if one.startswith("    JAX: ")), "")

    assert "JAX differentiates the scan" in said("gpu") and "no cuDNN" in said("gpu")
    assert "scan" in said("tpu") and "cuDNN" not in said("tpu")
    assert said("cpu") == ""


def test_one_direction_is_no_choice(specc) -> None:
    found = specc("explain-schedule", "wide.seq", "--target", "cpu").out
    both, one = found.split("  gru (gru")
    assert "directions apart" in both and "directions" not in one


def test_the_ir_says_how_each_recurrence_is_run(specc) -> None:
    assert "schedule" not in specc("ir", "wide.seq").out
    for given in ({"--target": "cpu", "--batch": "4"}, {"--target": "gpu"}):
        words = [word for pair in given.items() for word in pair]
        text = specc("ir", "wide.seq", *words).out
        data = json.loads(specc("ir", "wide.seq", "--format", "json", *words).out)
        assert data["models"][0]["target"] == given["--target"]
        nodes = data["models"][0]["nodes"]
        options = (node["options"] for node in nodes)
        told = [one["schedule"] for one in options if "schedule" in one]
        assert [one["input_product"] for one in told] == ["outside", "outside"]
        directions = "together" if "gpu" in words else "apart"
        assert [one["directions"] for one in told] == [directions, "apart"]
        lines = [line.partition("schedule: ")[2] for line in text.splitlines()]
        lines = [line for line in lines if line]
        assert lines == [
            ", ".join(f"{field} {value}" for field, value in one.items())
            for one in told
        ]
        assert lines[0].startswith("backward derived, input_product outside")


def test_without_recurrences_there_is_nothing_to_choose(specc, tmp_path: Path) -> None:
    (tmp_path / "flat.seq").write_text(
        "model flat(x: float[4]) -> float[2] { x -> dense(2) }"
    )
    assert "nothing to choose" in specc("explain-schedule", "flat.seq").out


def test_a_tpu_wants_whole_tiles_of_inner_layers(specc) -> None:
    assert specc("check", "wide.seq").err == "no mistakes in 1 file, 1 model\n"
    found = specc("check", "wide.seq", "--target", "tpu")
    assert found.code == 0
    assert "`gru` is 100 wide: on a TPU it takes the room of 128" in found.err
    assert "`bi_lstm`" not in found.err and "`dense`" not in found.err


def test_a_number_that_nothing_depends_on_is_refused(specc) -> None:
    for number, target in (("--batch", "gpu"), ("--length", "cpu"), ("--batch", None)):
        chosen = ["--target", target] if target else []
        found = specc("explain-schedule", "wide.seq", number, "1", *chosen)
        assert found.code == 2 and "nothing depends on it" in found.err
    found = specc("explain-schedule", "wide.seq", "--batch", "1", "--target", "cpu")
    assert "input product outside" in found.out
