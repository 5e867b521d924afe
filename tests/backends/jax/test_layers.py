"""Every layer and option, held to the oracle."""

from __future__ import annotations

from pathlib import Path

import pytest

SPECS = sorted((Path(__file__).parent / "specs").glob("*.seq"))


@pytest.mark.framework
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_outputs_and_gradients_are_the_oracles(path, prove):
    prove(path.read_text())
