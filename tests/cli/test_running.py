"""`specc weights`, `specc run` and `specc verify`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from specc.verify import installed

OTHER = (
    "model tiny(x: float[T, 3] ragged) -> y: float[1] {\n  x -> mean -> dense(1)\n}\n"
)


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    numbers = np.random.default_rng(0).standard_normal((2, 5, 3)).astype(np.float32)
    mask = np.arange(5) < np.array([[5], [3]])
    np.savez(tmp_path / "x.npz", x=numbers, x_mask=mask)
    return tmp_path / "x.npz"


RUN = ["run", "tiny.seq", "--weights", "w.safetensors", "--inputs", "x.npz"]


def test_weights_have_canonical_names_and_shapes(specc, tmp_path: Path) -> None:
    found = specc("weights", "tiny.seq", "--out", "w.safetensors")
    assert (found.code, found.out, found.err) == (0, "w.safetensors\n", "")
    weights = load_file(tmp_path / "w.safetensors")
    listed = json.loads(specc("params", "tiny.seq", "--format", "json").out)
    assert {name: list(array.shape) for name, array in weights.items()} == {
        weight["name"]: weight["shape"]
        for layer in listed["models"][0]["layers"]
        for weight in layer["weights"]
    }


def test_one_seed_is_one_file(specc, tmp_path: Path) -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        specc("weights", "tiny.seq", "--seed", seed, "--out", name)
    read = {name: (tmp_path / name).read_bytes() for name in "abc"}
    assert read["a"] == read["b"] != read["c"]


def test_the_reference_runs_a_model(specc, tmp_path: Path, batch: Path) -> None:
    specc("weights", "tiny.seq", "--out", "w.safetensors")
    found = specc(*RUN, "--out", "y.npz")
    assert (found.code, found.out, found.err) == (0, "y.npz\n", "")
    outputs = np.load(tmp_path / "y.npz")
    assert outputs.files == ["y"]
    assert outputs["y"].shape == (2, 1) and outputs["y"].dtype == np.float64
    first = (tmp_path / "y.npz").read_bytes()
    specc(*RUN, "--out", "y.npz")
    assert (tmp_path / "y.npz").read_bytes() == first


def test_what_does_not_fit_the_model_is_told(specc, tmp_path: Path, batch) -> None:
    (tmp_path / "other.seq").write_text(OTHER)
    specc("weights", "other.seq", "--out", "w.safetensors")
    found = specc(*RUN, "--out", "y.npz")
    assert (found.code, found.out) == (1, "") and "lstm.W_i" in found.err
    assert not (tmp_path / "y.npz").exists()


@pytest.mark.parametrize("wrong", ["w.safetensors", "x.npz"])
@pytest.mark.parametrize("data", [None, b"", b"\x00" * 100, b"PK\x03\x04"])
def test_a_file_of_arrays_that_is_none_is_a_diagnostic(
    specc, tmp_path: Path, batch: Path, wrong: str, data: bytes | None
) -> None:
    specc("weights", "tiny.seq", "--out", "w.safetensors")
    (tmp_path / wrong).unlink()
    if data is not None:
        (tmp_path / wrong).write_bytes(data)
    found = specc(*RUN, "--out", "y.npz")
    assert (found.code, found.out) == (1, "") and "error[SPC5" in found.err
    assert not (tmp_path / "y.npz").exists()


def test_a_framework_that_is_missing_is_named_with_its_extra(
    specc, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = installed.find_spec
    without = {"jax", "tensorflow", "keras"}
    monkeypatch.setattr(
        installed, "find_spec", lambda name: None if name in without else here(name)
    )
    for arguments in ([], ["--backend", "jax"]):
        found = specc("verify", "tiny.seq", *arguments)
        assert (found.code, found.out) == (1, "")
        assert 'pip install "specc-lang[jax]"' in found.err


def test_numpy_that_is_missing_is_named_with_its_extra(
    specc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "find_spec", lambda name: None)
    found = specc("weights", "tiny.seq", "--out", "w")
    assert found.code == 1 and 'pip install "specc-lang[reference]"' in found.err


@pytest.mark.framework
def test_a_backend_agrees_with_the_reference(specc, tmp_path: Path, batch) -> None:
    specc("weights", "tiny.seq", "--out", "w.safetensors")
    specc(*RUN, "--out", "y.npz")
    found = specc(*RUN, "--backend", "jax", "--out", "jax.npz")
    assert found.code == 0, found.err
    oracle, program = np.load(tmp_path / "y.npz"), np.load(tmp_path / "jax.npz")
    np.testing.assert_allclose(program["y"], oracle["y"], rtol=1e-5)


@pytest.mark.framework
def test_verify_gives_its_verdict_as_json_for_all_models(specc, tmp_path) -> None:
    one = "model {}(x: float[3]) -> float[1] {{\n  x -> dense(1)\n}}\n"
    (tmp_path / "two.seq").write_text(one.format("left") + one.format("right"))
    found = specc("verify", "two.seq", "--backend", "jax", "--format", "json")
    assert found.code == 0, found.err
    data = json.loads(found.out)
    assert [(m["name"], m["passed"]) for m in data["models"]] == [
        ("left", True),
        ("right", True),
    ]


@pytest.mark.framework
def test_verify_prints_a_table(specc) -> None:
    found = specc("verify", "tiny.seq", "--backend", "jax", "--seed", "3")
    assert found.code == 0, found.err
    assert "tiny (tiny.seq), seed 3" in found.out and "gradients" in found.out
