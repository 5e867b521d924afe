"""A model run on given weights and inputs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from specc.diagnostics import Failure
from specc.ir.graph import Model
from specc.verify.arrays import Arrays
from specc.verify.run import run_model
from specc.verify.weights import initial_weights

SPEC = """\
model m(x: int[T] < 9 pad 0, y: float[T, 2] ragged) -> both: float[4] {
  (x -> embed(3), y) -> concat -> lstm(4, final)
}
"""


@pytest.fixture(scope="module")
def model(compile_text: Callable[[str], Model]) -> Model:
    return compile_text(SPEC)


@pytest.fixture
def weights(model: Model) -> Arrays:
    return initial_weights(model, 0, Path())


@pytest.fixture
def inputs() -> Arrays:
    return {
        "y_mask": np.array([[True, True, True]]),
        "y": np.arange(6.0).reshape(1, 3, 2),
        "x": np.array([[3, 1, 4]]),
    }


def test_a_program_gives_what_the_oracle_gives(
    model: Model, weights: Arrays, inputs: Arrays, echo: Callable[..., Any]
) -> None:
    for precision in ("float64", "float32"):
        expected = run_model(model, None, weights, inputs, precision)
        found = run_model(model, echo(), weights, inputs, precision)
        assert list(found) == list(expected) == ["both"]
        assert found["both"].dtype == expected["both"].dtype == precision
        assert np.array_equal(found["both"], expected["both"])


@pytest.mark.parametrize("wrong", [-1, 9, 2**32 + 1, -(2**40)])
def test_an_id_out_of_range_is_nan_however_far_out(
    model: Model, weights: Arrays, inputs: Arrays, echo: Callable[..., Any], wrong: int
) -> None:
    inputs["x"] = np.array([[3, wrong, 4]], np.int64)
    for backend in (None, echo()):
        found = run_model(model, backend, weights, inputs)
        assert np.isnan(found["both"]).all()


def test_what_does_not_fit_the_model_is_told_before_anything_runs(
    model: Model, weights: Arrays, inputs: Arrays, echo: Callable[..., Any]
) -> None:
    del inputs["y_mask"], weights["lstm.b_i"]
    inputs["x"] = inputs["x"][:, :2]
    for backend in (None, echo(modules=("never_asked_for",))):
        with pytest.raises(Failure) as raised:
            run_model(model, backend, weights, inputs)
        codes = {found.code.number for found in raised.value.diagnostics}
        assert codes == {"SPC701", "SPC705", "SPC709"}


def test_a_missing_framework_is_told(
    model: Model, weights: Arrays, inputs: Arrays, echo: Callable[..., Any]
) -> None:
    with pytest.raises(Failure, match="no_such_thing"):
        run_model(model, echo(modules=("no_such_thing",)), weights, inputs)


def test_a_program_that_fails_is_told_with_its_exception(
    model: Model, weights: Arrays, inputs: Arrays, echo: Callable[..., Any]
) -> None:
    backend = echo("raises", "lstm")
    with pytest.raises(Failure, match="failed: TypeError: a program") as raised:
        run_model(model, backend, weights, inputs)
    assert raised.value.diagnostics[0].code.number == "SPC722"
