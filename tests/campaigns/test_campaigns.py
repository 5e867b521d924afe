"""A few cases of every campaign; the scorecard runs as many as there is time for."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.campaigns import __main__ as scorecard
from tests.campaigns import (
    bombs,
    determinism,
    files,
    front_end,
    injection,
    programs,
)
from tests.campaigns._protocol import Budget, Mishap, Result

QUICK = {front_end: 600, injection: 80, files: 40, determinism: 1}
CHEAP_BOMBS = [
    *(
        "a body of '\\n'",
        "a file of '{'",
        "2 MiB",
        "a tower of powers",
        "doubling blocks",
    ),
    *("doubling lets", "constants from constants", "cells in cells", "growing tuples"),
    *(
        "calls around steps",
        "growing steps",
        "steps joined",
        "many mistakes",
        "a chain of imports",
    ),
    *("a circle of imports", "a link out", "a link to a device", "a linked folder"),
    *("names that differ by case", "names that differ by Unicode form"),
    *("models that differ by case", "the widest layer", "a wide layer, with a limit"),
]


@pytest.mark.parametrize("campaign", QUICK, ids=lambda module: module.__name__)
def test_nothing_gets_through(campaign) -> None:
    found = campaign.run(Budget(cases=QUICK[campaign]), seed=7)
    assert found.failures == ()
    assert found.tried >= QUICK[campaign]


@pytest.mark.framework
def test_random_programs_are_right_in_each_backend() -> None:
    found = programs.run(Budget(cases=2), seed=7)
    assert found.failures == () and found.tried == 2
    for backend in programs.able_backends():
        assert found.notes[backend.name] == "2 programs, 0 failed, bound 1.5"


@pytest.mark.parametrize("name", CHEAP_BOMBS)
def test_a_bomb_is_refused_in_little_time_and_room(name: str) -> None:
    bomb = bombs.BOMBS[name]
    cost = bombs.measured(bomb)
    assert bombs.fault(bomb, cost, cost.seconds) == "", cost.text[-2000:]


def test_the_same_seed_gives_the_same_texts() -> None:
    assert front_end.text_of("3:14") == front_end.text_of("3:14")
    assert front_end.text_of("3:14") != front_end.text_of("3:15")


def test_a_text_that_ends_in_an_exception_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(front_end, "compile_source", fail)
    found = front_end.run(Budget(cases=20), seed=0)
    assert found.failures and "RecursionError: too deep" in found.failures[0].what
    assert found.bound is None


def test_endless_work_is_a_failure() -> None:
    with pytest.raises(TimeoutError), front_end.limited(0.05):
        while True:
            pass


def test_half_a_file_would_be_seen() -> None:
    assert files.is_whole(whole := files.version(random.Random(1)))
    assert not files.is_whole(whole[:-1] if len(whole) > 32 else whole + b"a")


def test_the_bound_is_three_over_n_and_none_with_failures() -> None:
    assert Result(300, "texts").bound == pytest.approx(0.01)
    assert Result(300, "texts", (Mishap("0:1", "gone"),)).bound is None
    assert Result(300, "bombs", sampled=False).bound is None


def test_the_scorecard_keeps_a_table_and_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "scorecard"
    assert scorecard.main(["front_end", "--cases", "20", "--out", str(out)]) == 0
    assert (
        "| front_end | 20 texts | 0 | 0.15 | 0 |" in out.with_suffix(".md").read_text()
    )
    data = json.loads(out.with_suffix(".json").read_text())
    assert data["campaigns"][0]["result"]["tried"] == 20
    failed = Result(1, "texts", (Mishap("0:0", "gone", "'x'"),))
    monkeypatch.setattr(front_end, "run", lambda budget, seed: failed)
    assert scorecard.main(["front_end", "--cases", "1", "--out", str(out)]) == 1
    assert "0:0: gone" in capsys.readouterr().out
