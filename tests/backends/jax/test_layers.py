"""Every layer and option, held to the oracle."""

from __future__ import annotations

from pathlib import Path

import pytest

SPECS = sorted((Path(__file__).parent / "specs").glob("*.seq"))

RECURRENT = ("both", "both_ragged", "cells", "cells_ragged", "deep", "own_cell")
RECURRENT += ("repeated_blocks", "siamese", "states", "states_ragged")
RECURRENT += ("without_weights",)

pytestmark = pytest.mark.framework


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_outputs_and_gradients_are_the_oracles(path, prove):
    prove(path.read_text())


@pytest.mark.parametrize("name", RECURRENT)
def test_programs_for_a_target_are_the_oracles_too(name, prove):
    prove((SPECS[0].parent / f"{name}.seq").read_text(), target="cpu")
