"""A short run goes through, and says who is missing, who failed and who is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.contenders import ENTRIES, Entry, versions
from benchmarks.measure import Runner, differences, introduce
from benchmarks.processes import Process
from benchmarks.table import Figures, Known, Row, Table, load, wrong
from benchmarks.worker import First, turn

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.framework
def test_a_short_run_measures_whoever_is_installed(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    done = subprocess.run(
        (sys.executable, "-m", "benchmarks", "--short", "--table", path),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    table = load(path)
    (row,) = table.rows
    for entry in ENTRIES:
        known = table.contenders[entry.name]
        if versions(entry) is None:
            assert known.missing and f"{entry.label}: skipped" in done.stdout
            assert entry.name not in row.figures
            continue
        figures = row.figures[entry.name]
        if entry.devices > row.batch:
            assert figures.missing
            continue
        assert figures.missing is None and figures.train and figures.infer
        assert figures.memory and figures.first_train
        assert known.gemm and known.threads
    assert {"ours_jax", "ours_tensorflow"} <= row.figures.keys()


def test_who_is_not_installed_is_skipped_and_says_so(tmp_path: Path) -> None:
    entry = Entry("absent", "Absent", "benchmarks.absent", ("no-such-distribution",))
    known = introduce(entry, tmp_path)
    assert known.missing == "skipped: needs no-such-distribution"


def test_who_fails_says_why(tmp_path: Path) -> None:
    entry = Entry("broken", "Broken", "benchmarks.absent", ("numpy",))
    known = introduce(entry, tmp_path)
    assert known.missing and known.missing.startswith("failed")
    assert "benchmarks.absent" in known.missing
    assert wrong(Table({}, {}, {"broken": known}, 0.0, ())) == [
        f"Broken: {known.missing}"
    ]


def test_who_dies_is_missed_and_does_not_hang(tmp_path: Path) -> None:
    entry = Entry("dying", "Dying", "benchmarks.cases", ("numpy",))
    with Process(entry, tmp_path) as process:
        runner = Runner(entry, process)
        runner.wait()
        process.process.kill()
        assert runner.ask("threads") is None
    assert runner.missing and "ended with" in runner.missing


def test_who_computes_other_numbers_is_found() -> None:
    right = First(1, 1, np.array([1.0, 2.0]), [3.0], 1, 1)
    other = First(1, 1, np.array([1.0, 2.5]), [3.3], 1, 1)
    broken = First(1, 1, np.array([1.0, np.nan]), [3.0], 1, 1)
    found = differences({"base": right, "other": other, "broken": broken})
    assert found["base"] == (0, 0)
    assert found["other"] == pytest.approx((0.25, 0.1))
    assert found["broken"][0] == float("inf")


def test_wrong_numbers_end_a_run_with_an_error() -> None:
    known = {"a": Known("A", False, {}), "b": Known("B", False, {})}
    figures = {
        "a": Figures(missing="computes other numbers"),
        "b": Figures(missing="not written for this model"),
    }
    row = Row("m", 1, "", 1, True, False, figures)
    assert wrong(Table({}, {}, known, 0.0, (row,))) == [
        "m, batch 1: A: computes other numbers"
    ]


def test_a_turn_has_at_least_one_call() -> None:
    calls: list[int] = []
    assert len(turn(lambda: calls.append(1), 0.0)) == len(calls) == 1
    assert len(turn(lambda: calls.append(1), 0.01)) > 1
