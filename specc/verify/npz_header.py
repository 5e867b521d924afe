"""What a `.npz` file holds, read without reading its arrays."""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from typing import BinaryIO

import msgspec
import numpy as np

from specc.verify.arrays import Array

LARGEST_LIST = 16 * 2**20
"""In bytes: the list of a file's members."""
NAMES = {
    f"{kind}{8 * size}": f"{letter}{8 * size}"
    for kind, letter in (("float", "F"), ("int", "I"), ("uint", "U"))
    for size in (1, 2, 4, 8)
} | {"bool": "BOOL"}
"""numpy's names of dtypes to those of safetensors, which have fewer."""
MOST_AXES = 32
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
END = struct.Struct("<4s4H2LH")
END_64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR_64 = struct.Struct("<4sLQL")
# What Python and numpy raise for a file that is damaged, hostile or something else.
DAMAGE = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    NotImplementedError,
    MemoryError,
    OverflowError,
    RuntimeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


class Member(msgspec.Struct, frozen=True):
    """An array in a file, by what its own header says."""

    inside: str
    dtype: str
    shape: tuple[int, ...]


def is_shape(shape: tuple[int, ...], itemsize: int) -> bool:
    """Whether an array can have that shape, be it without a number in it."""
    if len(shape) > MOST_AXES or min(shape, default=0) < 0:
        return False
    return math.prod(max(size, 1) for size in shape) * itemsize < 2**63


def npz_members(archive: zipfile.ZipFile) -> dict[str, Member]:
    """The arrays by name. Raises one of `DAMAGE`."""
    found: dict[str, Member] = {}
    for inside in archive.namelist():
        name = inside.removesuffix(".npy")
        if name == inside:
            raise ValueError(f"`{inside}` in it is no array")
        if name in found:
            raise ValueError(f"`{inside}` is in it twice")
        found[name] = _member(archive, inside)
    return found


def check_list(file: BinaryIO) -> None:
    """Refuse a list of members so long that reading it takes all memory.

    Raises `BadZipFile`; to be called before `ZipFile` reads the list.
    """
    size = file.seek(0, 2)
    tail_size = min(size, END.size + 2**16)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    place = tail.rfind(b"PK\5\6")
    if place < 0 or len(tail) - place < END.size:
        raise zipfile.BadZipFile("it has no list of members, or is cut off")
    length = END.unpack_from(tail, place)[5]
    before = size - tail_size + place - LOCATOR_64.size
    if before >= 0:
        file.seek(before)
        mark, _, where, _ = LOCATOR_64.unpack(file.read(LOCATOR_64.size))
        if mark == b"PK\6\7" and where <= size - END_64.size:
            file.seek(where)
            length = max(length % (2**32 - 1), END_64.unpack(file.read(END_64.size))[8])
    if length > LARGEST_LIST:
        reason = f"its list of members has {length:,} bytes; {LARGEST_LIST:,} may be"
        raise zipfile.BadZipFile(reason)


def read_member(archive: zipfile.ZipFile, member: Member) -> Array:
    """An array, of the shape its header said. Raises one of `DAMAGE`."""
    with archive.open(member.inside) as stream:
        found: Array = np.lib.format.read_array(stream, allow_pickle=False)
        if stream.read(1):
            raise ValueError(f"`{member.inside}` goes on after its last number")
    return np.asarray(found, found.dtype.newbyteorder("="))


def _member(archive: zipfile.ZipFile, inside: str) -> Member:
    if archive.getinfo(inside).compress_type not in PLAIN:
        raise ValueError(f"`{inside}` is packed in a way that numpy does not pack")
    with archive.open(inside) as stream:
        version = np.lib.format.read_magic(stream)
        if version == (1, 0):
            shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
        elif version == (2, 0):
            shape, _, dtype = np.lib.format.read_array_header_2_0(stream)
        else:
            raise ValueError(
                f"`{inside}` is of a version that plain arrays do not need"
            )
    if dtype.name not in NAMES:
        raise ValueError(f"`{inside}` is {dtype}, which is no array of numbers")
    if not is_shape(shape, dtype.itemsize):
        raise ValueError(f"`{inside}` has a shape that no array has")
    needed = math.prod(shape) * dtype.itemsize
    if not needed <= archive.getinfo(inside).file_size <= needed + 2**16:
        raise ValueError(
            f"`{inside}` has not the {needed:,} bytes of its shape {shape}"
        )
    return Member(inside, NAMES[dtype.name], tuple(shape))
