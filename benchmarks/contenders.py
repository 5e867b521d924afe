"""Who is measured: our programs and the peers, and what each needs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

from msgspec import Struct

QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3"}


class Entry(Struct, frozen=True):
    """One contender, run in a process of its own.

    `module` says how it is run; `needs` are the distributions it is made of, and their
    versions go into the table. `backend`: the program is ours and made with it.
    `devices`: into how many the processor is split, the rows of a batch among them.
    """

    name: str
    label: str
    module: str
    needs: tuple[str, ...]
    backend: str | None = None
    devices: int = 1
    environment: Mapping[str, str] = {}

    @property
    def ours(self) -> bool:
        return self.backend is not None


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


ENTRIES: Sequence[Entry] = (
    Entry(
        "ours_jax",
        "specc on JAX",
        "benchmarks.ours_jax",
        ("jax", "jaxlib"),
        backend="jax",
    ),
    Entry(
        "ours_jax_cores",
        "specc on JAX, a device per core",
        "benchmarks.ours_jax",
        ("jax", "jaxlib"),
        backend="jax",
        devices=cores(),
    ),
    Entry(
        "ours_tensorflow",
        "specc on TensorFlow",
        "benchmarks.ours_tensorflow",
        ("tensorflow", "keras"),
        backend="tensorflow",
        environment={"KERAS_BACKEND": "tensorflow"},
    ),
    Entry("pytorch", "PyTorch", "benchmarks.peers.pytorch", ("torch",)),
    Entry(
        "keras_tensorflow",
        "Keras on TensorFlow",
        "benchmarks.peers.keras_models",
        ("tensorflow", "keras"),
        environment={"KERAS_BACKEND": "tensorflow"},
    ),
    Entry(
        "keras_jax",
        "Keras on JAX",
        "benchmarks.peers.keras_models",
        ("jax", "keras"),
        environment={"KERAS_BACKEND": "jax"},
    ),
    Entry("flax", "Flax NNX", "benchmarks.peers.flax_nnx", ("flax", "optax", "jaxlib")),
)

OTHER_NAMES = {"tensorflow": ("tensorflow", "tensorflow-cpu")}
"""Distributions that carry another name on some machines."""


def versions(entry: Entry) -> dict[str, str] | None:
    """The versions of what an entry needs; None if something is not installed."""
    found = {}
    for need in entry.needs:
        names = OTHER_NAMES.get(need, (need,))
        there = [number for name in names if (number := _version(name))]
        if not there:
            return None
        found[need] = there[0]
    return found


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
