"""Files of weights from one world to another."""

from __future__ import annotations

from pathlib import Path

from specc.codegen.renamed import Renamed
from specc.convert.differences import check_entries
from specc.convert.numbers import to_ours, to_theirs
from specc.convert.worlds import world_table
from specc.ir.graph import Model
from specc.verify.arrays import Arrays
from specc.verify.weights import load_weights
from specc.verify.weights_file import open_arrays


def carry_in(path: Path, model: Model, world: str, renamed: Renamed) -> Arrays:
    """The weights of a model, by canonical name, from a file of another world.

    Raises `Failure` with all differences if the file is not the model's (SPC701-704)
    before any number is read.
    """
    with open_arrays(path) as file:
        table = world_table(world, model, renamed, frozenset(file.entries))
        check_entries(model, table, file.entries)
        return to_ours(model, table, file.read)


def carry_out(path: Path, model: Model, world: str, renamed: Renamed) -> Arrays:
    """The arrays of another world from a file of a model's weights."""
    table = world_table(world, model, renamed)
    return to_theirs(model, table, load_weights(path, model))
