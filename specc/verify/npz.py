"""Inputs and outputs as `.npz` files."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.lib.npyio import NpzFile

from specc.atomic import write_bytes
from specc.diagnostics import Diagnostic, Failure
from specc.diagnostics.codes import BAD_ARRAYS_FILE
from specc.verify.arrays import Array, Arrays

# What numpy raises for a file that is damaged, hostile or something else altogether.
DAMAGE = (OSError, ValueError, EOFError, KeyError, NotImplementedError, MemoryError)


def load_inputs(path: Path) -> Arrays:
    """Read the arrays of a `.npz` file by name; no pickle is ever loaded.

    Raises `Failure` if it is no such file.
    """
    try:
        found = np.load(path, allow_pickle=False)
        if not isinstance(found, NpzFile):
            raise _bad_file(path, "it holds one array without a name")
        with found:
            return {name: _only_array(path, name, found[name]) for name in found.files}
    except FileNotFoundError:
        raise _bad_file(path, "there is no such file") from None
    except (*DAMAGE, zipfile.BadZipFile, zlib.error) as error:
        raise _bad_file(path, str(error) or type(error).__name__) from error


def save_outputs(path: Path, outputs: Mapping[str, Array]) -> None:
    """Write a `.npz` file, the same bytes for the same arrays.

    Raises `OSError` if it cannot be written; there is no half of a file then.
    """
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(outputs):
            # Opened by a name, a member bears no time.
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, outputs[name], allow_pickle=False)
    write_bytes(path, buffer.getvalue())


def _only_array(path: Path, name: str, found: object) -> Array:
    if not isinstance(found, np.ndarray):
        raise _bad_file(path, f"`{name}` is no array")
    return found


def _bad_file(path: Path, reason: str) -> Failure:
    message = f"the arrays in `{path}` cannot be read: {reason}"
    help = "write it with `numpy.savez`, one array for each input, by its name"
    return Failure([Diagnostic(BAD_ARRAYS_FILE, message, help=help)])
