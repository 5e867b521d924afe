"""Files of inputs and outputs: no code in, the same bytes out."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from specc.diagnostics import Failure
from specc.verify.npz import load_inputs, save_outputs


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "arrays.npz"


def test_arrays_are_read_by_name(path: Path) -> None:
    np.savez(path, tokens=np.arange(6).reshape(2, 3), x=np.ones((2, 1), np.float32))
    found = load_inputs(path)
    assert list(found) == ["tokens", "x"]
    assert found["tokens"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["x"].dtype == np.float32


def test_compressed_files_are_read_too(path: Path) -> None:
    np.savez_compressed(path, x=np.zeros(1000))
    assert load_inputs(path)["x"].shape == (1000,)


def test_outputs_are_read_as_they_were_written(path: Path) -> None:
    outputs = {"y": np.array([[0.5]]), "a": np.array([1, 2], np.int32)}
    save_outputs(path, outputs)
    with np.load(path) as found:
        assert {name: found[name].tolist() for name in found} == {
            "a": [1, 2],
            "y": [[0.5]],
        }


def test_the_same_outputs_give_the_same_bytes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_outputs(path, {"y": np.ones(3), "a": np.zeros(2)})
    first = path.read_bytes()
    later = time.localtime(time.time() + 10**6)
    monkeypatch.setattr(time, "localtime", lambda *_: later)
    save_outputs(path, {"a": np.zeros(2), "y": np.ones(3)})
    assert path.read_bytes() == first
    assert list(path.parent.iterdir()) == [path]


def test_objects_are_neither_read_nor_written(path: Path) -> None:
    np.savez(path, x=np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(Failure, match="cannot be read"):
        load_inputs(path)
    with pytest.raises(ValueError, match="Object arrays"):
        save_outputs(path, {"x": np.array([{}], dtype=object)})


def one_member(path: Path, data: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", data)


def huge() -> bytes:
    """A header that promises more than there is."""
    fields = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"
    text = fields.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x80\x04N.", b"x" * 100])
def test_a_file_of_another_kind_is_refused(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    with pytest.raises(Failure, match="cannot be read") as raised:
        load_inputs(path)
    assert raised.value.diagnostics[0].code.number == "SPC504"


@pytest.mark.parametrize("data", [b"", b"text", huge(), b"\x93NUMPY\x01\x00\xff\xff"])
def test_a_damaged_member_is_refused(data: bytes, path: Path) -> None:
    one_member(path, data)
    with pytest.raises(Failure, match="cannot be read"):
        load_inputs(path)


def test_a_single_array_has_no_name(path: Path) -> None:
    single = path.with_suffix(".npy")
    np.save(single, np.ones(2))
    with pytest.raises(Failure, match="one array without a name") as raised:
        load_inputs(single)
    assert "numpy.savez" in str(raised.value.diagnostics[0].help)


def test_a_missing_file_is_refused(path: Path) -> None:
    with pytest.raises(Failure, match="there is no such file"):
        load_inputs(path)
