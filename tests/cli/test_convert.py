"""`specc weights convert`: what it writes, and what it refuses to."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

CONVERT = ("weights", "convert", "tiny.seq")


@pytest.fixture
def weights(specc, tmp_path: Path) -> Path:
    assert specc("weights", "tiny.seq", "--out", "w.safetensors").code == 0
    return tmp_path / "w.safetensors"


@pytest.mark.parametrize("world", ["flax", "jax", "tensorflow", "torch"])
@pytest.mark.parametrize("ending", ["safetensors", "npz"])
def test_there_and_back_is_the_same_file(specc, weights, tmp_path, world, ending):
    there = specc(*CONVERT, weights, "--to", world, "--out", f"t.{ending}")
    assert (there.code, there.out, there.err) == (0, f"t.{ending}\n", "")
    back = specc(*CONVERT, f"t.{ending}", "--from", world, "--out", "b.safetensors")
    assert (back.code, back.err) == (0, "")
    assert (tmp_path / "b.safetensors").read_bytes() == weights.read_bytes()


def test_names_follow_the_spec_or_the_map(specc, weights, tmp_path) -> None:
    specc(*CONVERT, weights, "--to", "torch", "--out", "t.safetensors")
    assert sorted(load_file(tmp_path / "t.safetensors")) == [
        "dense.bias",
        "dense.weight",
        *(f"lstm.{n}_{s}_l0" for n in ("bias", "weight") for s in ("hh", "ih")),
    ]
    mapped = ("--map", "lstm=net.rnn:2", "--map", "dense=")
    specc(*CONVERT, weights, "--to", "torch", *mapped, "--out", "t.npz")
    assert sorted(np.load(tmp_path / "t.npz").files) == [
        "bias",
        *(f"net.rnn.{n}_{s}_l2" for n in ("bias", "weight") for s in ("hh", "ih")),
        "weight",
    ]


def test_a_file_that_does_not_fit_writes_nothing(specc, weights, tmp_path) -> None:
    found = specc(*CONVERT, weights, "--from", "torch", "--out", "b.safetensors")
    assert (found.code, found.out) == (1, "")
    assert "SPC701" in found.err and "SPC702" in found.err
    assert not (tmp_path / "b.safetensors").exists()


def test_canonical_weights_that_are_not_those_of_the_model(specc, weights) -> None:
    arrays = load_file(weights)
    arrays["dense.W"] = arrays["dense.W"].T.copy()
    save_file(arrays, weights)
    found = specc(*CONVERT, weights, "--to", "torch", "--out", "t.safetensors")
    assert found.code == 1 and "SPC703" in found.err


def test_a_pickle_is_never_read(specc, tmp_path) -> None:
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    for data in (pickle.dumps(Trap()), b"PK\x03\x04" + pickle.dumps(Trap())):
        (tmp_path / "w.pt").write_bytes(data)
        found = specc(*CONVERT, "w.pt", "--from", "torch", "--out", "b.safetensors")
        assert found.code == 1 and "SPC503" in found.err
    np.savez(tmp_path / "w.npz", **{"lstm.weight_ih_l0": np.array([Trap()])})
    found = specc(*CONVERT, "w.npz", "--from", "torch", "--out", "b.safetensors")
    assert found.code == 1 and "is object" in found.err
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--out", "b.npz"], "`--from`, or go `--to`"),
        (
            ["--from", "torch", "--to", "flax", "--out", "b.npz"],
            "`--from`, or go `--to`",
        ),
        (["--to", "touch", "--out", "b.npz"], "did you mean `torch`?"),
        (["--to", "onnx", "--out", "b.npz"], "flax, jax, tensorflow, torch"),
        (["--to", "torch", "--out", "b.pt"], "ends neither in"),
        (["--to", "torch"], "--out"),
        (["--to", "torch", "--out", "b.npz", "--map", "lstm"], "OURS=THEIRS"),
        (["--to", "torch", "--out", "b.npz", "--map", "lstm=a:b"], "OURS=THEIRS"),
        (["--to", "torch", "--out", "b.npz", "--map", "=a"], "OURS=THEIRS"),
        (
            ["--to", "torch", "--out", "b.npz", "--map", "lstm=a", "--map", "lstm=b"],
            "mapped twice",
        ),
        (
            ["--to", "torch", "--out", "b.npz", "--map", "lstn=a"],
            "did you mean `lstm`?",
        ),
        (
            ["--to", "torch", "--out", "b.npz", "--map", "lstm=dense"],
            "would both be at",
        ),
        (["--to", "flax", "--out", "b.npz", "--map", "lstm=a:1"], "layer of several"),
        (["--to", "torch", "--out", "b.npz", "--seed", "1"], "--seed"),
    ],
)
def test_usage_mistakes_say_what_was_meant(specc, weights, arguments, hint) -> None:
    found = specc(*CONVERT, weights, *arguments)
    assert (found.code, found.out) == (2, "")
    assert hint in found.err


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_it_has_help_with_an_example(specc, option) -> None:
    found = specc("weights", "convert", option)
    assert (found.code, found.err) == (0, "")
    assert "Example:\n    specc weights convert" in found.out
    assert "specc weights convert" in specc("weights", "--help").out


def test_a_file_of_the_name_convert_is_still_a_file(specc, tmp_path) -> None:
    (tmp_path / "convert").write_text((tmp_path / "tiny.seq").read_text())
    assert specc("weights", "./convert", "--out", "w.safetensors").code == 0


def test_constants_and_models_are_chosen_as_everywhere(specc, tmp_path) -> None:
    (tmp_path / "two.seq").write_text(
        "const n = 4\n"
        "model a(x: float[3]) -> y: float[n] {\n  x -> dense(n)\n}\n"
        "model b(x: float[3]) -> y: float[1] {\n  x -> dense(1)\n}\n"
    )
    chosen = ("--model", "a", "--set", "n=7")
    specc("weights", "two.seq", *chosen, "--out", "w.npz")
    (tmp_path / "w.npz").rename(tmp_path / "w.safetensors")
    done = specc(
        *("weights", "convert", "two.seq", "w.safetensors", "--to", "torch"),
        *chosen,
        *("--out", "t.safetensors"),
    )
    assert done.code == 0
    assert load_file(tmp_path / "t.safetensors")["dense.weight"].shape == (7, 3)


@pytest.mark.parametrize("world", ["flax", "jax", "tensorflow", "torch"])
def test_no_framework_is_loaded(weights, world) -> None:
    program = f"""
import sys
from specc.cli import main
assert main({[*CONVERT, str(weights), "--to", world, "--out", "t.npz"]}) == 0
assert not {{"jax", "tensorflow", "keras", "torch", "flax"}} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=weights.parent)
