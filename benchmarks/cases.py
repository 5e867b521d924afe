"""The models that are measured: their specs, lengths, losses and batches."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from msgspec import Struct

import specc
from specc.ir.graph import Model
from specc.ir.types import Type
from specc.report.cost import Sizes, count_cost
from specc.verify.weights import initial_weights

Array: TypeAlias = npt.NDArray[Any]
Arrays: TypeAlias = dict[str, Array]
Loss: TypeAlias = Literal["binary", "probabilities", "logits"]

HERE = Path(__file__).parent
MODELS = HERE.parent / "specs" / "models"
OWN = HERE / "specs"
SHORTEST_SHARE = 0.5
"""Rows of different lengths have at least this share of the longest."""


class Case(Struct, frozen=True):
    """One model as it is measured.

    `name` is that of the model and its spec in `folder`; `lengths` are those of its
    named axes; `loss`, what its first output is: a probability, probabilities of
    classes, or logits. `ragged`: numbers are compared on rows of different lengths, as
    every peer can read them. `wide`: its recurrent layers have 512 units or more.
    `drops`: it has dropout. `peerless`: nobody else has it.
    """

    name: str
    folder: Path
    lengths: Mapping[str, int]
    loss: Loss
    batches: tuple[int, ...] = (1, 64)
    ragged: bool = False
    recurrent: bool = True
    wide: bool = False
    drops: bool = False
    peerless: bool = False

    @property
    def spec(self) -> Path:
        return self.folder / f"{self.name}.seq"

    @property
    def size(self) -> str:
        """The lengths in words: `T = 120`."""
        return ", ".join(f"{name} = {n}" for name, n in self.lengths.items())


IMDB = {"T": 120}
CASES = (
    Case("imdb_bilstm", MODELS, IMDB, "binary", ragged=True),
    Case("imdb_stacked_bilstm", MODELS, IMDB, "binary", ragged=True),
    Case("imdb_conv_conv", MODELS, IMDB, "binary", recurrent=False),
    Case("sonnets", MODELS, {}, "probabilities", drops=True),
    Case("shakespeare_gru", MODELS, {"T": 100}, "logits", wide=True),
    Case("lstm_language_model", OWN, {"T": 35}, "logits", wide=True),
    Case("gru_attention", OWN, {"S": 30, "T": 30}, "logits", ragged=True),
    Case("long_min_gru", OWN, {"T": 16384}, "logits", batches=(1, 8)),
    Case("long_lru", OWN, {"T": 16384}, "logits", batches=(1, 8)),
    Case("own_cell", OWN, IMDB, "binary", ragged=True, peerless=True),
)


class Batch(Struct, frozen=True, eq=False):
    """Inputs by name, in the spec's order, and what the first output should be."""

    inputs: Arrays
    targets: Array


def compiled(case: Case) -> Model:
    """The model of a case."""
    return specc.compile(case.spec).model(case.name)


def multiply_adds(case: Case, rows: int) -> int:
    """Those of one pass forward over a batch."""
    sizes = Sizes(rows, lengths=case.lengths)
    found = count_cost(compiled(case), sizes).multiply_adds.fixed
    assert found is not None, "every length of a case is a number"
    return found


def first_weights(case: Case) -> Arrays:
    """The weights everybody starts from, by canonical name.

    They are those of seed 0. Vectors, which start alike, are moved a little, each
    number by another amount: a bias in the wrong place then shows.
    """
    generator = np.random.default_rng(1)
    found = initial_weights(compiled(case), 0, case.folder)
    return {
        name: weight
        if weight.ndim > 1
        else weight + generator.uniform(-0.1, 0.1, weight.shape).astype(np.float32)
        for name, weight in found.items()
    }


def draw_batch(case: Case, rows: int, *, ragged: bool) -> Batch:
    """A batch drawn from one seed, its rows full or of different lengths."""
    generator = np.random.default_rng(2)
    model = compiled(case)
    inputs = {}
    for ref in model.inputs:
        kind = model.type_of(ref)
        values = _drawn(generator, kind, rows, case.lengths)
        if ragged and kind.pad is not None:
            values[_beyond(generator, values)] = kind.pad
        inputs[model.nodes[ref.node].name] = values
    output = model.type_of(model.outputs[0].ref)
    return Batch(inputs, _targets(generator, case, output, rows))


def _drawn(
    generator: np.random.Generator, kind: Type, rows: int, lengths: Mapping[str, int]
) -> Array:
    shape = (rows, *(axis.size.at(lengths) for axis in kind.axes))
    if kind.bound is None:
        return generator.standard_normal(shape, np.float32)
    lowest = 0 if kind.pad is None else 1  # the id of padding is 0 in every case
    return generator.integers(lowest, kind.bound, shape, np.int32)


def _beyond(generator: np.random.Generator, ids: Array) -> Array:
    """Which places of [B, T] lie behind a row's end; the first row is full."""
    rows, steps = ids.shape
    lengths = generator.integers(int(steps * SHORTEST_SHARE), steps + 1, rows)
    lengths[0] = steps
    found: Array = np.arange(steps) >= lengths[:, None]
    return found


def _targets(
    generator: np.random.Generator, case: Case, output: Type, rows: int
) -> Array:
    shape = (rows, *(axis.size.at(case.lengths) for axis in output.axes))
    if case.loss == "binary":
        return generator.integers(0, 2, shape).astype(np.float32)
    return generator.integers(0, shape[-1], shape[:-1], np.int32)
