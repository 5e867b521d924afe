"""A table has every weight once, and every number elsewhere once, in all specs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from specc.codegen.elsewhere import Table
from specc.compiler import compile
from specc.convert.numbers import part, to_ours, to_theirs
from specc.convert.worlds import world_names, world_table
from specc.diagnostics import Failure
from specc.ir.graph import Model
from tests.convert.carrying import random_weights, shapes_of

MODELS = Path(__file__).parents[2] / "specs" / "models"
SPECS = sorted(MODELS.glob("*.seq"))
BACKENDS = ("jax", "tensorflow")


@cache
def models(spec: Path) -> tuple[Model, ...]:
    return compile(spec).models


def tables(spec: Path, world: str) -> list[tuple[Model, Table]]:
    found = []
    for model in models(spec):
        try:
            found.append((model, world_table(world, model, {})))
        except Failure as failure:
            assert world not in BACKENDS, "its own programs have every weight"
            assert {d.code.number for d in failure.diagnostics} == {"SPC505"}
    return found


@pytest.mark.parametrize("world", world_names())
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_a_table_has_everything_once(spec: Path, world: str) -> None:
    for model, table in tables(spec, world):
        named = [name for match in table.matches for name in match.ours]
        assert sorted(named) == sorted(shapes_of(model))
        counts = {name: np.zeros(shape) for name, shape in table.shapes.items()}
        for match in table.matches:
            for share in match.theirs:
                view = part(counts[share.array], share)
                view += 1
                for name in match.ours:
                    assert view.shape == shapes_of(model)[name]
        assert all((count == 1).all() for count in counts.values())
        assert table.owner.keys() == table.shapes.keys()


@pytest.mark.parametrize("world", BACKENDS)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_weights_go_to_a_program_and_back_to_the_bit(spec: Path, world: str) -> None:
    for model, table in tables(spec, world):
        weights = random_weights(model, "float32")
        arrays = to_theirs(model, table, weights)
        back = to_ours(model, table, arrays.__getitem__)
        assert list(back) == list(weights)
        for name, weight in weights.items():
            assert back[name].dtype == weight.dtype
            assert np.array_equal(back[name], weight)


def test_some_model_goes_to_every_world() -> None:
    for world in world_names():
        assert sum(bool(tables(spec, world)) for spec in SPECS) > 20, world


@pytest.mark.parametrize("world", world_names())
def test_the_order_of_numbers_in_memory_does_not_matter(world: str) -> None:
    (model,) = models(MODELS / "transformer_encoder.seq")
    table = world_table(world, model, {})
    weights = random_weights(model)
    columns = {name: np.asfortranarray(weight) for name, weight in weights.items()}
    arrays = to_theirs(model, table, columns)
    turned = {name: np.asfortranarray(array) for name, array in arrays.items()}
    back = to_ours(model, table, turned.__getitem__)
    assert all(np.array_equal(back[name], weights[name]) for name in weights)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_the_dtype_stays(dtype: str) -> None:
    (model,) = models(MODELS / "imdb_bilstm.seq")
    table = world_table("torch", model, {})
    weights = random_weights(model, dtype)
    arrays = to_theirs(model, table, weights)
    assert {array.dtype.name for array in arrays.values()} == {dtype}
    back = to_ours(model, table, arrays.__getitem__)
    assert {array.dtype.name for array in back.values()} == {dtype}
    assert all(np.array_equal(back[name], weights[name]) for name in weights)


def test_weights_of_two_widths_side_by_side_take_the_wider() -> None:
    (model,) = models(MODELS / "imdb_bilstm.seq")
    weights = random_weights(model, "float32")
    name = next(name for name in weights if name.endswith("forward.W_i"))
    weights[name] = weights[name].astype("float64") + 1e-12
    arrays = to_theirs(model, world_table("torch", model, {}), weights)
    wide = [name for name, array in arrays.items() if array.dtype == "float64"]
    assert wide == [f"{name.partition('.')[0]}.weight_ih_l0"]
    assert np.array_equal(arrays[wide[0]][: len(weights[name])], weights[name])
