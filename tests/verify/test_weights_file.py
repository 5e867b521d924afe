"""Hostile and damaged files of weights are refused, and cost next to nothing."""

from __future__ import annotations

import io
import json
import pickle
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file
from safetensors.numpy import save as to_safetensors

from specc.diagnostics import Failure
from specc.verify.arrays import Arrays
from specc.verify.weights_file import LARGEST_HEADER, open_arrays

MANY = 1_000_000_000
ARRAYS: Arrays = {
    "a.W": np.arange(12, dtype="f4").reshape(3, 4),
    "b": np.arange(3, dtype="f8"),
    "none": np.zeros((0, 2), "f2"),
    "one": np.array(7, "f4"),
}


def safetensors(header: object, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def said(shape: object, offsets: object, dtype: object = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def archive(members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return buffer.getvalue()


def npy(array: Any, **header: object) -> bytes:
    """An array as numpy writes it, its header changed."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.asarray(array), allow_pickle=True)
    if not header:
        return buffer.getvalue()
    fields = np.lib.format.header_data_from_array_1_0(np.asarray(array)) | header
    changed = io.BytesIO()
    np.lib.format.write_array_header_1_0(changed, fields)
    return changed.getvalue() + np.asarray(array).tobytes()


def npz(arrays: Arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def flagged(data: bytes) -> bytes:
    """The first member of an archive is said to be encrypted."""
    place = data.rindex(b"PK\1\2") + 8
    return data[:6] + b"\1" + data[7:place] + b"\1" + data[place + 1 :]


def read_all(path: Path) -> Arrays:
    with open_arrays(path) as file:
        return {name: file.read(name) for name in file.entries}


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[bytes], str]:
    """What is said of a file, which is small to tell: a few megabytes at most."""

    def refuse(data: bytes) -> str:
        path = tmp_path / "weights"
        path.write_bytes(data)
        tracemalloc.start()
        try:
            with pytest.raises(Failure) as raised:
                read_all(path)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 4_000_000 + 3 * len(data)
        (found,) = raised.value.diagnostics
        assert found.code.number == "SPC503"
        return found.message

    return refuse


@pytest.mark.parametrize("how", [to_safetensors, npz])
def test_what_was_written_is_read(
    how: Callable[[Arrays], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "weights"
    path.write_bytes(how(ARRAYS))
    found = read_all(path)
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert np.array_equal(found[name], array)


def test_a_safetensors_file_is_read_as_its_own_library_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(to_safetensors(ARRAYS, {"format": "pt"}))
    theirs, ours = load_file(path), read_all(path)
    assert theirs.keys() == ours.keys()
    assert all(np.array_equal(theirs[name], ours[name]) for name in ours)


def test_numpy_s_other_orders_are_read(tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    columns = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    np.savez_compressed(path, big=np.arange(4, dtype=">f4"), columns=columns)
    found = read_all(path)
    assert found["big"].dtype == np.dtype("=f4")
    assert found["big"].tolist() == [0, 1, 2, 3]
    assert np.array_equal(found["columns"], columns)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no safetensors file"),
        (b"\0\0\0", "no safetensors file"),
        (safetensors({}, length=2**63), "cut off in its header"),
        (safetensors({}, length=MANY), "cut off in its header"),
        (safetensors(b"{" * 50_000), "none of safetensors"),
        (safetensors(b'{"a":' * 50_000), "none of safetensors"),
        (safetensors(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), "none of"),
        (safetensors([]), "none of safetensors"),
        (safetensors(b"\xff\xfe"), "none of safetensors"),
        (safetensors({"__metadata__": {"a": [1]}}), "none of safetensors"),
        (safetensors({"a": said([1], [0, 4]) | {"more": 1}}, b"abcd"), "none of"),
        (safetensors({"a": said([1.5], [0, 4])}, b"abcd"), "none of safetensors"),
        (safetensors({"a": said("1", [0, 4])}, b"abcd"), "none of safetensors"),
        (safetensors({"a": said([1], [0])}, b"abcd"), "none of safetensors"),
        (safetensors({"a": said([10**30], [0, 4])}, b"abcd"), "not"),
        (safetensors({"a": said([-1], [0, 4])}, b"abcd"), "shape that no array has"),
        (safetensors({"a": said([2**62, 2**62, 0], [0, 0])}), "that no array has"),
        (safetensors({"a": said([10**18, 10, 0], [0, 0])}), "that no array has"),
        (safetensors({"a": said([1] * 40, [0, 4])}, b"abcd"), "that no array has"),
        (
            safetensors({"a": said([1], [0, 4], "F4")}, b"abcd"),
            "weights are one of F64",
        ),
        (safetensors({"a": said([2], [0, 8], "BF16")}, b"abcd"), "`a` is BF16"),
        (safetensors({"a": said([MANY], [0, 4 * MANY])}, b"abcd"), "it should have"),
        (safetensors({"a": said([1], [-4, 0])}, b"abcd"), "after those before it"),
        (safetensors({"a": said([1], [4, 8])}, b"abcdefgh"), "after those before it"),
        (
            safetensors({"a": said([1], [0, 4]), "b": said([1], [0, 4])}, b"abcd"),
            "after those before it",
        ),
        (safetensors({"a": said([1], [0, 4])}, b"abcdefgh"), "it should have"),
        (safetensors({"a": said([1], [0, 4])}, b"ab"), "it should have"),
        (pickle.dumps([1] * 20), "it is a pickle"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 100, "it is an HDF5 file"),
        (npy(np.zeros(3)), "one array without a name"),
        (archive({"archive/data.pkl": b"x", "a.npy": npy(1.0)}), "is no array"),
        (archive({"a.npy": npy([object()])}), "is object"),
        (archive({"a.npy": npy(np.zeros(2, "M8[s]"))}), "no array of numbers"),
        (archive({"a.npy": npy(np.zeros(2, "i4,f4"))}), "no array of numbers"),
        (archive({"a.npy": npy(np.zeros(2), shape=(MANY,))}), "has not the"),
        (archive({"a.npy": npy(np.zeros(2), shape=(-1,))}), "that no array has"),
        (
            archive({"a.npy": npy(np.zeros(0), shape=(2**62, 2, 0))}),
            "that no array has",
        ),
        (archive({"a.npy": b"\x93NUMPY\x03\x00" + b"\0" * 99}), "version"),
        (archive({"a.npy": b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535}), ""),
        (archive({"a.npy": b"no array"}), ""),
        (archive({"a.npy": npy(1.0)}, zipfile.ZIP_LZMA), "packed in a way"),
        (archive({"a.npy": npy(1.0)}, zipfile.ZIP_BZIP2), "packed in a way"),
        (flagged(archive({"a.npy": npy(1.0)})), "encrypted"),
        (archive({"a.npy": npy(np.zeros(99))})[:-40], ""),
        (b"PK\3\4" + b"\0" * 2000, "no list of members"),
        (b"PK\3\4" + b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 9, 9, MANY, 0, 0), "list"),
    ],
)
def test_a_hostile_file_is_refused(
    refused: Callable[[bytes], str], data: bytes, why: str
) -> None:
    assert why in refused(data)


def test_a_header_of_any_length_is_not_read(refused: Callable[[bytes], str]) -> None:
    assert "may be" in refused(safetensors(b" " * (LARGEST_HEADER + 1)))


def test_a_bomb_is_known_by_its_header(tmp_path: Path) -> None:
    """256 MiB of zeros in a few hundred KiB: its shape is told, nothing is unpacked."""
    path = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made,
        made.open("a.npy", "w", force_zip64=True) as member,
    ):
        fields = {"descr": "<f4", "fortran_order": False, "shape": (2**26,)}
        np.lib.format.write_array_header_1_0(member, fields)
        for _ in range(2**4):
            member.write(bytes(2**24))
    assert path.stat().st_size < 500_000
    tracemalloc.start()
    with open_arrays(path) as file:
        assert file.entries["a"].shape == (2**26,)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


def test_two_members_of_one_name_are_refused(refused: Callable[[bytes], str]) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as made:
            made.writestr("a.npy", npy(1.0))
            made.writestr("a.npy", npy(2.0))
    assert "twice" in refused(buffer.getvalue())


def test_a_device_is_no_file_of_weights() -> None:
    with (
        pytest.raises(Failure, match="no ordinary file"),
        open_arrays(Path("/dev/zero")),
    ):
        pass


def mutations(data: bytes) -> Iterator[bytes]:
    """Cut off here and there, and changes of a few bytes."""
    generator = np.random.default_rng(0)
    yield from (data[:length] for length in range(0, len(data), 31))
    for _ in range(300):
        changed = bytearray(data)
        for place in generator.integers(0, len(data), generator.integers(1, 4)):
            changed[place] = generator.integers(0, 256)
        yield bytes(changed)


@pytest.mark.parametrize("how", [to_safetensors, npz])
def test_a_damaged_file_is_read_or_refused(
    how: Callable[[Arrays], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "weights"
    read = 0
    for data in mutations(how(ARRAYS)):
        path.write_bytes(data)
        try:
            read += bool(read_all(path))
        except Failure as failure:
            assert {d.code.number for d in failure.diagnostics} == {"SPC503"}
    assert read, "numbers may change, and no header knows"
