"""Runs all contenders on one model and batch: first calls, numbers, then in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from benchmarks.building import build
from benchmarks.cases import (
    Array,
    Case,
    draw_batch,
    first_weights,
    multiply_adds,
)
from benchmarks.contenders import Entry, versions
from benchmarks.processes import Failed, Process
from benchmarks.table import Figures, Known, Row, Spread, spread
from benchmarks.worker import First, Task

OUTPUT_LIMIT = 1e-4
"""How far outputs may be apart, over the largest number of all."""
LOSS_LIMIT = 2e-3
"""How far losses may be apart, relative. Outputs are held closer; a gradient gone wrong
moves a loss by far more than this within three steps of Adam."""
WARM = 0.5
"""What takes longer than so many seconds is warm after two calls."""


class Plan(Struct, frozen=True):
    """How long is measured: `rounds` turns of `seconds` for everybody.

    Who has had `most` seconds has no more turns.
    """

    rounds: int = 5
    seconds: float = 0.1
    most: float = 6.0


class Runner:
    """A contender in its process, measured; `missing` once it failed."""

    def __init__(self, entry: Entry, process: Process) -> None:
        self.entry = entry
        self.process = process
        self.missing: str | None = None
        self.first: First | None = None
        self.times: dict[str, list[float]] = {"infer": [], "train": []}

    def wait(self) -> None:
        """Wait until everything is imported."""
        try:
            self.process.ready()
        except Failed as failure:
            self.missing = f"failed: {failure}"

    def ask(self, command: str, *arguments: Any) -> Any:
        """Have it do something; None, and no more after, if that fails."""
        if self.missing is not None:
            return None
        try:
            return self.process.ask(command, *arguments)
        except Failed as failure:
            self.missing = f"failed: {failure}"
            return None


def introduce(entry: Entry, folder: Path) -> Known:
    """Start a contender once, alone, for its threads and its matrix product."""
    found = versions(entry)
    if found is None:
        missing = f"skipped: needs {', '.join(entry.needs)}"
        return Known(entry.label, entry.ours, {}, missing=missing)
    with Process(entry, folder) as process:
        runner = Runner(entry, process)
        runner.wait()
        threads = runner.ask("threads")
        gemm = runner.ask("gemm")
    return Known(
        entry.label, entry.ours, found, threads or "", gemm, missing=runner.missing
    )


def measure(
    case: Case, rows: int, entries: Sequence[Entry], plan: Plan, folder: Path
) -> Row:
    """All figures of a model and batch. Programs and logs are written to `folder`."""
    excluded = {entry.name: _excluded(entry, case, rows) for entry in entries}
    running = [entry for entry in entries if excluded[entry.name] is None]
    with ExitStack() as stack:
        runners = [
            Runner(entry, stack.enter_context(Process(entry, folder)))
            for entry in running
        ]
        for runner in runners:
            runner.wait()
        _first_calls(case, rows, runners, folder)
        _in_turn(runners, plan)
        memory = {r.entry.name: r.ask("memory") for r in runners}
    found = {name: Figures(missing=why) for name, why in excluded.items() if why}
    apart = differences({r.entry.name: r.first for r in runners if r.first})
    for runner in runners:
        name = runner.entry.name
        found[name] = _figures(runner, memory[name], apart.get(name))
    ordered = {entry.name: found[entry.name] for entry in entries}
    return Row(
        model=case.name,
        batch=rows,
        size=case.size,
        multiply_adds=multiply_adds(case, rows),
        recurrent=case.recurrent,
        wide=case.wide,
        figures=ordered,
    )


def _excluded(entry: Entry, case: Case, rows: int) -> str | None:
    """Why an entry has no part in this; None if it has."""
    if case.peerless and not entry.ours:
        return "not written for this model"
    if entry.devices > 1 and rows % entry.devices:
        return f"a batch of {rows} cannot be divided"
    return None


def _first_calls(
    case: Case, rows: int, runners: Sequence[Runner], folder: Path
) -> None:
    weights = first_weights(case)
    compared = draw_batch(case, rows, ragged=case.ragged)
    batch = draw_batch(case, rows, ragged=False)
    for runner in runners:
        program = build(case, rows, runner.entry, folder)
        task = Task(case, weights, compared, batch, program)
        runner.first = runner.ask("first", task)


def _in_turn(runners: Sequence[Runner], plan: Plan) -> None:
    """A B A B: every round everybody has one turn of each kind."""
    for kind in ("infer", "train"):
        for runner in runners:
            first = runner.first
            if first and getattr(first, f"{kind}_again") < WARM:
                runner.ask(kind, plan.seconds)
    for _ in range(plan.rounds):
        for kind in ("infer", "train"):
            for runner in runners:
                if sum(runner.times[kind]) < plan.most:
                    runner.times[kind] += runner.ask(kind, plan.seconds) or []


def differences(ran: Mapping[str, First]) -> dict[str, tuple[float, float]]:
    """How far outputs and losses are from those of the first that ran."""
    base = next(iter(ran.values()), None)
    if base is None:
        return {}
    return {
        name: (
            _apart(first.output, base.output),
            _apart(np.array(first.losses), np.array(base.losses)),
        )
        for name, first in ran.items()
    }


def _apart(values: Array, base: Array) -> float:
    if values.shape != base.shape:
        return float("inf")
    found = float(np.max(np.abs(values - base)) / np.max(np.abs(base)))
    return found if np.isfinite(found) else float("inf")


def _figures(
    runner: Runner,
    memory: tuple[float, float] | None,
    apart: tuple[float, float] | None,
) -> Figures:
    if runner.missing or runner.first is None or memory is None or apart is None:
        return Figures(missing=runner.missing or "nothing came back")
    before, most = memory
    wrong = apart[0] > OUTPUT_LIMIT or apart[1] > LOSS_LIMIT
    return Figures(
        missing="computes other numbers" if wrong else None,
        infer=_spread(runner.times["infer"]),
        train=_spread(runner.times["train"]),
        first_infer=runner.first.infer,
        first_train=runner.first.train,
        memory=most,
        memory_before=before,
        difference=apart[0],
        loss_difference=apart[1],
    )


def _spread(times: Sequence[float]) -> Spread | None:
    return spread(times) if times else None
