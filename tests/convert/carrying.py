"""Weights, random so that no two gates are alike, carried over and back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from specc.codegen.renamed import Place
from specc.convert.numbers import to_ours, to_theirs
from specc.convert.worlds import world_table
from specc.ir.graph import Model
from specc.reference.arguments import model_weights
from specc.verify.arrays import Array, Arrays

AS_HERE: Mapping[str, str] = MappingProxyType({})


def shapes_of(model: Model) -> dict[str, tuple[int, ...]]:
    return {name: weight.shape for name, (weight, _) in model_weights(model).items()}


def random_weights(model: Model, dtype: str = "float64", seed: int = 0) -> Arrays:
    generator = np.random.default_rng(seed)
    return {
        name: (generator.standard_normal(shape) / 2).astype(dtype)
        for name, shape in shapes_of(model).items()
    }


def places(renamed: Mapping[str, str]) -> dict[str, Place]:
    return {
        ours: Place(path, int(number) if number else None)
        for ours, theirs in renamed.items()
        for path, _, number in [theirs.partition(":")]
    }


def theirs_of(
    model: Model, world: str, weights: Arrays, renamed: Mapping[str, str] = AS_HERE
) -> Arrays:
    return to_theirs(model, world_table(world, model, places(renamed)), weights)


def ours_of(
    model: Model,
    world: str,
    arrays: Mapping[str, Array],
    renamed: Mapping[str, str] = AS_HERE,
) -> Arrays:
    table = world_table(world, model, places(renamed), frozenset(arrays))
    assert table.shapes == {
        name: array.shape for name, array in arrays.items() if name not in table.spare
    }
    return to_ours(model, table, arrays.__getitem__)
