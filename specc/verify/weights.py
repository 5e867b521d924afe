"""Weights by canonical name: fresh ones from a seed, and files of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from specc.atomic import write_bytes
from specc.codegen import initial
from specc.diagnostics import Sink
from specc.diagnostics.codes import BAD_VECTORS, MISSING_VECTORS, UNKNOWN_WEIGHT
from specc.ir.formula import Formula
from specc.ir.graph import Model
from specc.ir.weights import Weight
from specc.reference.arguments import check_weights, model_weights
from specc.verify.arrays import Array, Arrays
from specc.verify.formulas import Wide, formula_value
from specc.verify.weights_file import DTYPES, Entry, open_arrays

MOST_UNKNOWN = 100
"""What may be meant is asked for each; more names than these are counted only."""


def initial_weights(model: Model, seed: int, folder: Path) -> Arrays:
    """The weights a seed stands for, by canonical name, as every program makes them.

    Files of vectors are found from `folder`, that of the spec. Raises `Failure` if one
    cannot be read (SPC501) or is not what the layer needs (SPC502).
    """
    sink = Sink()
    found: Arrays = {}
    wide: dict[str, Wide] = {}
    for name, (weight, span) in model_weights(model).items():
        try:
            found[name] = _initial_value(weight, seed, name, folder, wide)
        except ValueError as error:
            unreadable = isinstance(error.__cause__, OSError)
            code = MISSING_VECTORS if unreadable else BAD_VECTORS
            sink.report(code, span, str(error), label=f"`{name}` is read from it")
    sink.stop_on_errors()
    return found


def _initial_value(
    weight: Weight, seed: int, name: str, folder: Path, wide: dict[str, Wide]
) -> Array:
    """The value of one weight; raises `ValueError` for a wrong file.

    `wide`: values in float64 of the weights before, which others may start from.
    """
    if weight.file is not None:
        rows, width = weight.shape
        return initial.vectors(folder / weight.file, (rows, width))

    def drawn(word: str, path: str) -> NDArray[np.float32]:
        return _drawn(word, weight, seed, path)

    start = weight.initial
    if not isinstance(start, Formula):
        found = drawn(start, name)
        wide[name] = found.astype(np.float64)
        return found
    cell = name.removesuffix(start.weight)
    used = {other: wide[cell + other] for other in start.uses}
    wide[name] = formula_value(start, seed, name, weight.shape, drawn, used)
    return wide[name].astype(np.float32)


def _drawn(word: str, weight: Weight, seed: int, name: str) -> NDArray[np.float32]:
    shape, (fan_in, fan_out) = weight.shape, weight.fans
    match word:
        case "glorot_uniform":
            return initial.glorot_uniform(seed, name, shape, fan_in, fan_out)
        case "glorot_normal":
            return initial.glorot_normal(seed, name, shape, fan_in, fan_out)
        case "he_uniform":
            return initial.he_uniform(seed, name, shape, fan_in)
        case "he_normal":
            return initial.he_normal(seed, name, shape, fan_in)
        case "lecun_uniform":
            return initial.lecun_uniform(seed, name, shape, fan_in)
        case "lecun_normal":
            return initial.lecun_normal(seed, name, shape, fan_in)
        case "orthogonal":
            return initial.orthogonal(seed, name, shape)
        case "uniform":
            return initial.uniform(seed, name, shape)
        case "normal":
            return initial.normal(seed, name, shape)
        case "identity":
            return initial.identity(shape)
        case "zeros":
            return initial.zeros(shape)
        case "ones":
            return initial.ones(shape)
    raise AssertionError(f"no initialiser {word}")


def save_weights(path: Path, weights: Mapping[str, Array]) -> None:
    """Write a safetensors file, the same bytes for the same weights.

    Raises `OSError` if it cannot be written; there is no half of a file then.
    """
    write_bytes(path, weights_bytes(weights))


def weights_bytes(weights: Mapping[str, Array]) -> bytes:
    """The file of these weights."""
    arrays = {name: np.asarray(weights[name], order="C") for name in sorted(weights)}
    return save(arrays)


def load_weights(path: Path, model: Model) -> Arrays:
    """Read the weights of a model from a safetensors file, or one of numpy's.

    The file's header is held against the model before anything is read. Raises
    `Failure` with all differences, or if it is no such file.
    """
    with open_arrays(path) as file:
        sink = Sink()
        unknown = sorted(file.entries.keys() - model_weights(model).keys())
        uncounted = unknown[MOST_UNKNOWN:]
        if uncounted:
            message = f"{len(uncounted):,} more names are unknown"
            sink.report(UNKNOWN_WEIGHT, model.span, message)
        stand_ins = {
            name: _stand_in(file.entries[name])
            for name in file.entries.keys() - set(uncounted)
        }
        check_weights(model, stand_ins, np.dtype(np.float64), sink)
        sink.stop_on_errors()
        return {name: file.read(name) for name in model_weights(model)}


def _stand_in(entry: Entry) -> Array:
    """An array of the dtype and shape that takes no memory."""
    return np.broadcast_to(np.zeros((), DTYPES[entry.dtype]), entry.shape)
