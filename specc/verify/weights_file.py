"""Files of arrays read with care: first what they say they hold, later the numbers.

safetensors and `.npz`, nothing else; no pickle is ever loaded. What a file says is held
against its size, and nothing is made that is larger than its header.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from specc.diagnostics import Diagnostic, Failure
from specc.diagnostics.codes import BAD_WEIGHTS_FILE
from specc.verify.arrays import Array
from specc.verify.npz_header import (
    DAMAGE,
    Member,
    check_list,
    is_shape,
    npz_members,
    read_member,
)

LARGEST_HEADER = 16 * 2**20
"""In bytes. A model of a hundred thousand layers needs less."""
FLOATS = {"F64": "float64", "F32": "float32", "F16": "float16"}
OTHERS = {"BOOL": "bool", "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8"}
UNSIGNED = {"U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8"}
DTYPES = {**FLOATS, **OTHERS, **UNSIGNED}
"""The dtypes of safetensors that numpy has; a weight's is one of the first three."""
KINDS = {
    b"\x89HDF": "an HDF5 file",
    b"\x80\x02": "a pickle",
    b"\x80\x03": "a pickle",
    b"\x80\x04": "a pickle",
    b"\x80\x05": "a pickle",
    b"\x93NUM": "one array without a name",
}
_FLOATS = ", ".join(FLOATS)
LONGEST = 200
HELP = "give a safetensors file, or one of `numpy.savez`"


class Entry(msgspec.Struct, frozen=True):
    """What a header says of an array; `start` is where its bytes begin in the file."""

    dtype: str
    shape: tuple[int, ...]
    start: int = 0


class ArraysFile:
    """An open file of arrays."""

    def __init__(
        self, path: Path, entries: dict[str, Entry], read: Callable[[str], Array]
    ) -> None:
        self.entries = entries
        self._path, self._read = path, read

    def read(self, name: str) -> Array:
        """An array of the file. Raises `Failure` if it is not what the header said."""
        with _told(self._path):
            return self._read(name)


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


@contextmanager
def open_arrays(path: Path) -> Iterator[ArraysFile]:
    """Open a file of arrays: its names, dtypes and shapes are known, no more is read.

    Raises `Failure` (SPC503) if it is no such file, or damaged.
    """
    with ExitStack() as stack:
        with _told(path):
            if path.exists() and not path.is_file():
                raise ValueError("it is no ordinary file")
            file = stack.enter_context(path.open("rb"))
            if file.read(4) != b"PK\x03\x04":
                entries = _entries(file)
                found = ArraysFile(path, entries, partial(_numbers, file, entries))
            else:
                check_list(file)
                archive = stack.enter_context(zipfile.ZipFile(file))
                members = npz_members(archive)
                said = {name: Entry(m.dtype, m.shape) for name, m in members.items()}
                read = partial(_member, archive, members)
                found = ArraysFile(path, said, read)
        yield found


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What a damaged file raises inside is told as a diagnostic."""
    try:
        yield
    except FileNotFoundError:
        raise bad_file(path, "there is no such file") from None
    except DAMAGE as error:
        raise bad_file(path, str(error) or type(error).__name__, HELP) from error


def _numbers(file: BinaryIO, entries: dict[str, Entry], name: str) -> Array:
    """An array of a safetensors file."""
    entry = entries[name]
    file.seek(entry.start)
    count = math.prod(entry.shape)
    found = np.fromfile(file, np.dtype(DTYPES[entry.dtype]).newbyteorder("<"), count)
    if found.size != count:
        raise ValueError("it became shorter while it was read")
    return found.reshape(entry.shape)


def _member(archive: zipfile.ZipFile, members: dict[str, Member], name: str) -> Array:
    return read_member(archive, members[name])


def shown(name: str) -> str:
    """A name of a file for a message; nobody reads one of a megabyte."""
    return name if len(name) <= LONGEST else f"{name[:LONGEST]}..."


def bad_file(path: Path, reason: str, help: str | None = None) -> Failure:
    """What to say of a file that cannot be read."""
    message = f"the weights in `{path}` cannot be read: {reason}"
    return Failure([Diagnostic(BAD_WEIGHTS_FILE, message, help=help)])


def _entries(file: BinaryIO) -> dict[str, Entry]:
    """The header of a safetensors file, every byte of which is spoken for."""
    size = file.seek(0, 2)
    file.seek(0)
    first = file.read(8)
    kind = next((KINDS[start] for start in KINDS if first.startswith(start)), None)
    if kind is not None:
        raise ValueError(f"it is {kind}")
    length = int.from_bytes(first, "little")
    if len(first) < 8 or length > size - 8:
        raise ValueError("it is no safetensors file, or cut off in its header")
    if length > LARGEST_HEADER:
        raise ValueError(f"its header has {length:,} bytes; {LARGEST_HEADER:,} may be")
    said = _parsed(file.read(length))
    begin, end = 8 + length, 8 + length
    entries: dict[str, Entry] = {}
    for name, one in sorted(said.items(), key=lambda item: item[1].data_offsets):
        start, stop = (begin + offset for offset in one.data_offsets)
        needed = _bytes(name, one)
        if (start, stop) != (end, end + needed):
            raise ValueError(
                f"`{shown(name)}` is not {needed:,} bytes after those before it"
            )
        entries[name], end = Entry(one.dtype, one.shape, start), stop
    if end != size:
        raise ValueError(f"it should have {end:,} bytes, and has {size:,}")
    return entries


def _parsed(header: bytes) -> dict[str, _Said]:
    try:
        parts = msgspec.json.decode(header, type=dict[str, msgspec.Raw])
        if "__metadata__" in parts:
            msgspec.json.decode(parts.pop("__metadata__"), type=dict[str, str])
        return {
            name: msgspec.json.decode(part, type=_Said) for name, part in parts.items()
        }
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(f"its header is none of safetensors: {error}") from error


def _bytes(name: str, said: _Said) -> int:
    if said.dtype not in DTYPES:
        kind = shown(said.dtype)
        raise ValueError(f"`{shown(name)}` is {kind}; weights are one of {_FLOATS}")
    size = np.dtype(DTYPES[said.dtype]).itemsize
    if not is_shape(said.shape, size):
        raise ValueError(f"`{shown(name)}` has a shape that no array has")
    return math.prod(said.shape) * size
