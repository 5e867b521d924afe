"""Arrays by name, and the files in which they pass between processes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

Precision: TypeAlias = Literal["float64", "float32"]
Flags: TypeAlias = npt.NDArray[np.bool_]
Array: TypeAlias = npt.NDArray[np.generic]
Arrays: TypeAlias = dict[str, Array]


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays to a file that `read_arrays` reads."""
    save_file({name: np.asarray(a, order="C") for name, a in arrays.items()}, path)


def read_arrays(path: Path) -> Arrays:
    """Read the arrays of a file and remove it: each file is one message."""
    arrays = load_file(path)
    path.unlink()
    return arrays


def in_precision(arrays: Mapping[str, Array], precision: Precision) -> Arrays:
    """The arrays, those of numbers in a precision."""
    return {
        name: array.astype(precision, copy=False) if array.dtype.kind == "f" else array
        for name, array in arrays.items()
    }
