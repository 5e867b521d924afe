"""Batches of one shape, so that a program is compiled once for all of them.

What a program promises of other shapes is shown within that shape: a batch with padding
appended is held to the oracle's results without, and a row keeps its results among
other rows.
"""

from __future__ import annotations

from msgspec import Struct

from specc.ir.graph import Model
from specc.ir.lengths import fitting_lengths
from specc.verify.patterns import PATTERNS
from specc.verify.sample import (
    ROWS,
    Batch,
    append_padding,
    make_generator,
    sample_batch,
)

SPREAD = 1
"""Steps by which one named length differs from the next."""


class Batches(Struct, frozen=True):
    """What a program is judged by.

    `before`: a batch, and the same with padding appended, which is of the shape of all
    others. `mates`: the first batch with other rows in place of all but one.
    """

    several: tuple[Batch, ...]
    before: Batch | None
    padded: Batch | None
    mates: Batch | None
    kept: int


def draw_batches(model: Model, seed: int) -> Batches:
    """The batches of a seed: of one row or several, of short or longer sequences."""
    generator = make_generator(seed, 1)
    rows = int(generator.choice([1, 2, ROWS, ROWS, ROWS]))
    least = int(generator.choice([1, 1, 2, 3]))
    lengths = {
        name: length + SPREAD * place
        for place, (name, length) in enumerate(fitting_lengths(model, least).items())
    }
    before = padded = None
    if model.mask_of and least > 1:
        before = sample_batch(
            model, "before", rows, lengths, PATTERNS["ragged"], generator
        )
        padded = append_padding(model, before, generator)
        lengths = before.lengths if padded is None else padded.lengths
    several = several_batches(model, rows, lengths, seed)
    kept = rows // 2
    mates = None
    if rows > 1:
        mates = sample_batch(
            model, "mates", rows, lengths, PATTERNS["ragged"], generator
        )
        for name, array in mates.inputs.items():
            array[kept] = several[0].inputs[name][kept]
    return Batches(several, before, padded, mates, kept)


def several_batches(
    model: Model, rows: int, lengths: dict[str, int], seed: int, draw: int = 0
) -> tuple[Batch, ...]:
    """A batch for each pattern of steps that count; where all count, two."""
    generator = make_generator(seed, 3, draw)
    names = list(PATTERNS) if model.mask_of else ["full", "full"]
    return tuple(
        sample_batch(model, name, rows, lengths, PATTERNS[name], generator)
        for name in names
    )
