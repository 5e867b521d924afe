"""Weights of a spec's cells laid side by side, as frameworks keep them."""

from __future__ import annotations

import numpy as np

from benchmarks.cases import Array, Arrays


def columns(weights: Arrays, path: str, names: str) -> Array:
    """[out, in] matrices as one, [in, gates out]: Keras and Flax."""
    return np.concatenate([weights[f"{path}.{name}"].T for name in names.split()], 1)


def rows(weights: Arrays, path: str, names: str) -> Array:
    """[out, in] matrices as one, [gates out, in], or vectors as one: PyTorch."""
    return np.concatenate([weights[f"{path}.{name}"] for name in names.split()])
