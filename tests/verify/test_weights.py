"""Files of weights: whole, the model's own, and the same bytes every time."""

from __future__ import annotations

import json
import pickle
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from specc.diagnostics import Failure
from specc.ir.graph import Model
from specc.reference.arguments import model_weights
from specc.verify.arrays import Arrays
from specc.verify.weights import initial_weights, load_weights, save_weights

SPEC = """\
model m(x: int[T] < 3 pad 0) -> float[2] {
  x -> embed(4) -> lstm(5, final) -> dense(2, kernel = he_normal, bias = ones)
}
"""
VECTORS = """\
model m(x: int[T] < 3) -> float[2] {
  x -> embed(2, frozen, from = "data/vectors.txt") -> mean -> dense(2)
}
"""
INITIALIZERS = [
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
    "orthogonal",
    "identity",
    "uniform",
    "normal",
    "zeros",
    "ones",
]
Compile = Callable[[str], Model]


@pytest.fixture
def model(compile_text: Compile) -> Model:
    return compile_text(SPEC)


@pytest.fixture
def weights(model: Model) -> Arrays:
    return initial_weights(model, 0, Path())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "weights.safetensors"


def codes(failure: pytest.ExceptionInfo[Failure]) -> list[str]:
    return [found.code.number for found in failure.value.diagnostics]


def test_a_seed_stands_for_every_weight_in_its_canonical_shape(
    model: Model, weights: Arrays
) -> None:
    shapes = {name: weight.shape for name, weight in weights.items()}
    assert shapes == {n: w.shape for n, (w, _) in model_weights(model).items()}
    assert {weight.dtype.name for weight in weights.values()} == {"float32"}
    assert np.all(weights["dense.b"] == 1) and np.all(weights["lstm.b_f"] == 1)
    again, other = (initial_weights(model, seed, Path()) for seed in (0, 1))
    assert np.array_equal(weights["dense.W"], again["dense.W"])
    assert not np.array_equal(weights["dense.W"], other["dense.W"])


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_initializer_can_be_chosen(name: str, compile_text: Compile) -> None:
    model = compile_text(
        f"model m(x: float[6]) -> float[6] {{ x -> dense(6, kernel = {name}) }}"
    )
    made = initial_weights(model, 0, Path())["dense.W"]
    assert made.shape == (6, 6)
    constants = {"zeros": 0, "ones": 6, "identity": 1}
    assert np.ptp(made.sum(axis=0)) == 0 if name in constants else np.ptp(made) > 0


def test_vectors_are_read_from_the_folder_of_the_spec(
    tmp_path: Path, compile_text: Compile
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/vectors.txt").write_text("a 1 2\nb 3 4\nc 5 -6e-1\n")
    made = initial_weights(compile_text(VECTORS), 0, tmp_path)
    table = np.array([[1, 2], [3, 4], [5, -0.6]], np.float32)
    assert np.array_equal(made["embed.table"], table)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (None, "SPC501", "No such file"),
        ("a 1 2\nb 3\nc 5 6\n", "SPC502", "line 2"),
        ("a 1 2\nb 3 4\n", "SPC502", "has 2 lines, expected 3"),
        ("a 1 2\nb 3 x\nc 5 6\n", "SPC502", "'x' is not a number"),
    ],
)
def test_vectors_that_cannot_be_used_are_told_with_the_layer(
    text: str | None, code: str, said: str, tmp_path: Path, compile_text: Compile
) -> None:
    (tmp_path / "data").mkdir()
    if text is not None:
        (tmp_path / "data/vectors.txt").write_text(text)
    with pytest.raises(Failure, match=said) as raised:
        initial_weights(compile_text(VECTORS), 0, tmp_path)
    assert codes(raised) == [code]
    assert raised.value.diagnostics[0].labels[0].span.line == 2


def test_weights_survive_a_file(model: Model, weights: Arrays, path: Path) -> None:
    save_weights(path, weights)
    loaded = load_weights(path, model)
    assert list(loaded) == list(weights)
    for name, weight in weights.items():
        assert loaded[name].dtype == weight.dtype
        assert np.array_equal(loaded[name], weight)


def test_the_same_weights_give_the_same_bytes(weights: Arrays, path: Path) -> None:
    save_weights(path, weights)
    first = path.read_bytes()
    backwards = {name: weights[name].copy("F") for name in reversed(weights)}
    save_weights(path, backwards)
    assert path.read_bytes() == first
    assert list(path.parent.iterdir()) == [path]


def test_every_difference_is_told_at_once(
    model: Model, weights: Arrays, path: Path
) -> None:
    del weights["dense.b"]
    weights["dense.W"] = weights["dense.W"].T
    weights["lstm.b_i"] = np.zeros(5, np.int32)
    weights["dens.b"] = np.zeros(2, np.float32)
    save_weights(path, weights)
    with pytest.raises(Failure) as raised:
        load_weights(path, model)
    assert sorted(codes(raised)) == ["SPC701", "SPC702", "SPC703", "SPC704"]


def header(entry: dict[str, object], data: bytes = b"") -> bytes:
    text = json.dumps({"dense.W": entry}).encode()
    return struct.pack("<Q", len(text)) + text + data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 64,
        b"\xff" * 64,
        struct.pack("<Q", 2**62),
        pickle.dumps([1]),
        header({"dtype": "F32", "shape": [10**6, 10**6], "data_offsets": [0, 4]}),
        header({"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}),
        header({"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, b"\0\0"),
        header({"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}, b"\0\0"),
    ],
)
def test_a_damaged_or_hostile_file_is_refused(
    data: bytes, model: Model, path: Path
) -> None:
    path.write_bytes(data)
    with pytest.raises(Failure, match="cannot be read") as raised:
        load_weights(path, model)
    assert codes(raised) == ["SPC503"]


def test_a_truncated_file_is_refused(model: Model, weights: Arrays, path: Path) -> None:
    save_weights(path, weights)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Failure) as raised:
        load_weights(path, model)
    assert codes(raised) == ["SPC503"]


def test_a_missing_file_and_a_folder_are_refused(model: Model, path: Path) -> None:
    with pytest.raises(Failure, match="there is no such file"):
        load_weights(path, model)
    with pytest.raises(Failure, match="cannot be read"):
        load_weights(path.parent, model)


def test_thousands_of_unknown_names_are_counted(
    model: Model, weights: Arrays, path: Path
) -> None:
    weights |= {f"x.{n}": np.zeros(1, np.float32) for n in range(5000)}
    save_weights(path, weights)
    with pytest.raises(Failure) as raised:
        load_weights(path, model)
    assert codes(raised) == ["SPC702"] * 101
    messages = [diagnostic.message for diagnostic in raised.value.diagnostics]
    assert "4,900 more names are unknown" in messages


def test_double_and_half_precision_are_read_as_they_are(
    model: Model, weights: Arrays, path: Path
) -> None:
    mixed = {n: w.astype("f8" if "W" in n else "f2") for n, w in weights.items()}
    save_weights(path, mixed)
    found = load_weights(path, model)
    assert {a.dtype.name for a in found.values()} == {"float64", "float16"}
