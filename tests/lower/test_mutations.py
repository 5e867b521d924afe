"""Whatever is done to a spec, the answer is diagnostics: never another exception."""

from __future__ import annotations

import os
import random

import pytest

from specc.compiler import compile as compile_spec
from specc.diagnostics import Failure
from tests.campaigns._mutations import CELLS, SPECS, mutated


def spec(rng: random.Random) -> str:
    """A spec of the library, some with the standard cells as the file's own."""
    text = rng.choice(SPECS)
    return f"{CELLS}\n{text}" if rng.random() < 0.2 else text


@pytest.mark.parametrize("block", range(20))
def test_a_mutated_spec_gives_diagnostics(block: int) -> None:
    many = int(os.environ.get("SPECC_MUTATIONS", "2000")) // 20
    for case in range(many):
        rng = random.Random(block * many + case)
        text = mutated(spec(rng), rng)
        try:
            found = compile_spec(f"{text}\n")
            assert all(diagnostic.labels for diagnostic in found.check())
        except Failure:
            pytest.fail(f"a text was not read:\n{text}")
        except Exception as error:
            error.add_note(text)
            raise
