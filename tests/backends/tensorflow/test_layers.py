"""Every layer and option, held to the oracle."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
SPECS = sorted([*HERE.glob("specs/*.seq"), *HERE.glob("../jax/specs/*.seq")])
ALSO_SINGLE = ("both_ragged", "conv_ragged", "deep", "own_cell", "penalties", "windows")
RECURRENT = ("both_ragged", "cells_ragged", "own_cell", "names", "penalties", "sharing")
RECURRENT += ("states_ragged", "variants", "without_weights")

pytestmark = pytest.mark.framework


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_outputs_and_gradients_are_the_oracles(path, prove):
    prove(path.read_text())


@pytest.mark.parametrize("name", ALSO_SINGLE)
def test_float32_loses_no_more_than_float32_must(name, prove):
    (path,) = (path for path in SPECS if path.stem == name)
    prove(path.read_text(), "float32")


@pytest.mark.parametrize("name", RECURRENT)
def test_programs_for_a_target_are_the_oracles_too(name, prove):
    (path,) = (path for path in SPECS if path.stem == name)
    prove(path.read_text(), target="cpu")


def test_a_valid_convolution_inside_a_cell_is_the_oracles(prove):
    prove("""
        cell reading(units: int) on (x: float[7, 2]) {
          state h[units]
          param W
          h' = tanh(W @ (x -> conv(3, 3) -> mean) + h)
        }
        model m(x: float[T, 7, 2]) -> float[T, 4] { x -> reading(4) }""")
