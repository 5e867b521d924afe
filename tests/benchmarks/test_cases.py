"""The models that are measured are whole, and their batches are what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.cases import CASES, OWN, Case, compiled, draw_batch, multiply_adds
from benchmarks.contenders import ENTRIES


def by_name(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_a_case_has_a_model_and_a_number_of_multiply_adds(case: Case) -> None:
    one, two = (multiply_adds(case, rows) for rows in (1, 2))
    assert compiled(case).name == case.name
    assert two == 2 * one > 0


def test_every_spec_that_is_only_here_is_measured() -> None:
    assert {path.stem for path in OWN.glob("*.seq")} <= {case.name for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_every_peer_has_the_model(case: Case) -> None:
    """By the text, as frameworks are not needed for the rest."""
    for name in ("keras_models", "pytorch_models", "flax_models"):
        text = (OWN.parent / "peers" / f"{name}.py").read_text()
        assert (case.name in text) != case.peerless, name


@pytest.mark.parametrize("case", [c for c in CASES if c.ragged], ids=by_name)
def test_rows_to_compare_are_ragged_and_rows_to_time_are_full(case: Case) -> None:
    """Padding is at the end, as peers ask for it, and the first row is full."""
    compared = next(iter(draw_batch(case, 8, ragged=True).inputs.values()))
    counts = (compared != 0).sum(axis=1)
    steps = compared.shape[1]
    assert counts[0] == steps and counts.min() < steps and counts.min() >= steps // 2
    assert np.array_equal(compared != 0, np.arange(steps) < counts[:, None])
    timed = next(iter(draw_batch(case, 8, ragged=False).inputs.values()))
    assert (timed != 0).all()


def test_a_batch_is_the_same_every_time() -> None:
    case = CASES[0]
    first, second = (draw_batch(case, 3, ragged=True) for _ in range(2))
    assert np.array_equal(first.inputs["tokens"], second.inputs["tokens"])
    assert np.array_equal(first.targets, second.targets)


def test_a_contender_has_a_module() -> None:
    for entry in ENTRIES:
        assert Path(*entry.module.split(".")).with_suffix(".py").exists()
