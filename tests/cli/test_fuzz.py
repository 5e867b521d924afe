"""`specc fuzz`: what it prints and how it ends; no framework is needed for that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from specc.fuzz.campaign import Case, Outcome
from specc.fuzz.trial import Fault
from specc.lower import check_text

TEXT = "model m(x: float) -> float {\n  x\n}\n"


def test_a_seed_is_shown(specc) -> None:
    found = specc("fuzz", "--seed", "7", "--show")
    assert (found.code, found.err) == (0, "")
    assert check_text(found.out) == []
    assert specc("fuzz", "--seed", "7", "--show") == found


def campaign(bad: set[int]) -> Callable[..., Outcome]:
    def run(
        backends: object, seeds: Iterator[int], *, seconds: object, tell
    ) -> Outcome:
        outcome = Outcome()
        for seed in seeds:
            outcome.programs += 1
            case = (
                Case(seed, TEXT, (Fault("jax died", "why"),)) if seed in bad else None
            )
            outcome.cases += [case] if case else []
            tell(seed, outcome, case)
        return outcome

    return run


def test_what_was_tried_is_told_with_a_bound(
    specc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("specc.fuzz.campaign.run_campaign", campaign(set()))
    found = specc("fuzz", "--count", "150", "--seed", "5", "--backend", "jax")
    assert found.code == 0
    assert found.out.splitlines() == [
        "150 programs (seeds 5 to 154) and 0 twins in JAX: 0 failed",
        "fewer than 2.00% of such programs fail (95 % confidence)",
    ]
    assert found.err == "100 programs, 0 failed\n"


def test_one_program_says_little_and_is_counted_as_one(
    specc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("specc.fuzz.campaign.run_campaign", campaign(set()))
    found = specc("fuzz", "--count", "1", "--seed", "5", "--backend", "jax")
    assert found.out == "1 program (seed 5) and 0 twins in JAX: 0 failed\n"


def test_what_fails_is_told_and_written(
    specc, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("specc.fuzz.campaign.run_campaign", campaign({3}))
    given = ("--count", "5", "--backend", "jax", "--out", "bad")
    found = specc("fuzz", *given)
    case = f"# seed 3\n# jax died: why\n{TEXT}"
    assert found.code == 1
    assert found.out.startswith(case) and found.out.endswith(": 1 failed\n")
    assert (tmp_path / "bad" / "seed_3.seq").read_text() == case


@pytest.mark.parametrize("given", [("--count", "0"), ("--minutes", "0")])
def test_nothing_to_try_is_a_mistake_of_the_command_line(specc, given) -> None:
    assert specc("fuzz", *given).code == 2


def test_an_unknown_backend_is_named(specc) -> None:
    found = specc("fuzz", "--backend", "jaxx")
    assert found.code == 2 and "did you mean `jax`?" in found.err
