"""What the language has no meaning for yet says so, and never anything else."""

from __future__ import annotations

import pytest

from specc.lower import check_text
from specc.lower.language import FUTURE_CELLS, FUTURE_LAYERS, layer_words

from .mistakes import Mistake, body

FUTURE = sorted(FUTURE_LAYERS | FUTURE_CELLS)


@pytest.mark.parametrize("name", FUTURE)
@pytest.mark.parametrize("call", ["", "(3)", "(x, 3, foo = bar)", " { relu }"])
def test_a_layer_without_a_meaning_yet_says_so(name: str, call: str) -> None:
    body(f"x -> ^{name}{call} -> dense(8)", "SPC801", f"`{name}` has no").check()


def test_no_layer_both_has_a_meaning_and_has_none_yet() -> None:
    assert not layer_words().intersection(FUTURE)


@pytest.mark.parametrize("name", sorted(FUTURE_CELLS))
def test_a_file_may_define_a_cell_that_the_library_lacks(name: str) -> None:
    cell = f"cell {name}(units: int) {{\n  state h[units]\n  h' = h + x\n}}\n"
    model = f"model m(x: float[T, 4]) -> float[T, 4] {{ x -> {name}(4) }}"
    assert check_text(cell + model) == []


PARTS = []


@pytest.mark.parametrize("mistake", PARTS, ids=str)
def test_a_part_without_a_meaning_yet_says_so(mistake: Mistake) -> None:
    mistake.check()
