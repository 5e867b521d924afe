"""docs/performance.md, from a saved table and what is known of the misses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.machine import LOAD, OTHERS
from benchmarks.rendering import heading, last_line, lines, markdown, short
from benchmarks.table import Table
from benchmarks.targets import Result, Target, targets, verdict
from specc.atomic import write_text

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "performance.md"
QUIET_LOAD = 1.0
"""A machine with more to do than this, on average over a minute, is busy; asked where
nothing better is known."""
QUIET_SHARE = 5.0
"""A machine is busy where others took more than so many percent of its processors."""
NOTES = HERE / "notes.md"

HOW = """\
# Performance

Our programs and those of the peers, measured in turn in one run. `make bench` makes
the table and this page; [benchmarks/](../benchmarks/README.md) says how. Machines
differ and ratios travel better than times, so look at those, and measure your own model
where it will run.

- Every contender is a process of its own; one works while the others wait. Each round
  gives everybody one turn for inference and one for training (A B A B). A figure is the
  median over all calls, with the quartiles in brackets.
- A training step is forward, backward and Adam, at float32. All start from the same
  weights; outputs and the losses of three steps are compared before anything is timed,
  on rows of different lengths where the model has a mask. Timed are full rows. The last
  column is how far they are apart, over the largest number, from the first contender.
- The first training step counts from the model's making to the end of the first step,
  in a fresh process that has its framework imported. Memory is the most that this
  process ever had.
- Each peer is written as its own documentation writes such a model
  (`benchmarks/peers/`), with the options it has by default. Threads are those a user
  gets who sets nothing.
- The share of the GEMM peak counts the model's multiply-adds three times for a training
  step, over the fastest product of two matrices that any contender reached.
"""


def write_page(table: Table, path: Path) -> None:
    """Write the page."""
    write_text(path, page_text(table, NOTES.read_text()))


def page_text(table: Table, notes: str) -> str:
    """The page: how, on what, what is asked, what was tried, and all figures."""
    parts = [
        HOW,
        *_warning(table),
        *_machine(table),
        *_targets(table),
        notes.strip() + "\n",
        "## All figures\n",
    ]
    for row in table.rows:
        parts.append(f"### {heading(row)}\n")
        parts.append(markdown(lines(row, table.contenders, table.gemm)) + "\n")
    return "\n".join(parts)


def _warning(table: Table) -> Iterator[str]:
    """Figures of a busy machine are not hidden, and not to be believed either."""
    taken = table.machine.get(OTHERS)
    if taken is not None:
        busy = float(taken.rstrip("%")) > QUIET_SHARE
    else:
        busy = float(table.machine.get(LOAD, 0)) > QUIET_LOAD
    if busy:
        yield "**The machine was busy when this was measured: these figures prove that"
        yield "the comparison runs, and nothing about speed.**\n"


def _machine(table: Table) -> Iterator[str]:
    yield "## The machine\n"
    facts = {**table.machine, "GEMM peak": f"{table.gemm:.0f} GFLOP/s", **table.options}
    yield markdown([("", ""), *facts.items()]) + "\n"
    found = [("contender", "versions", "runs on", "GFLOP/s of its matrix product")]
    for known in table.contenders.values():
        if known.missing:
            found.append((known.label, last_line(known.missing), "", ""))
            continue
        numbers = ", ".join(f"{name} {v}" for name, v in known.versions.items())
        product = f"{known.gemm:.0f}" if known.gemm else ""
        found.append((known.label, numbers, known.threads, product))
    yield markdown(found) + "\n"


def _targets(table: Table) -> Iterator[str]:
    every = targets(table)
    yield "## What is asked, and what there is\n"
    summary = [("asked", "at least", "met", "least", "most")]
    for target in every:
        ratios = sorted(result.ratio for result in target.results)
        count = f"{target.met} of {len(ratios)}"
        least, most = short(ratios[0]), short(ratios[-1])
        summary.append(
            (target.title, f"{target.asked} {target.unit}", count, least, most)
        )
    yield markdown(summary) + "\n"
    for target in every:
        yield f"### {target.title}\n"
        yield markdown(_results(table, target)) + "\n"


def _results(table: Table, target: Target) -> Iterator[tuple[str, ...]]:
    yield "model", "batch", "ours", "against", target.unit, f"{target.asked} asked"
    for result in target.results:
        yield (
            result.model,
            str(result.batch),
            *_labels(table, result),
            short(result.ratio),
            verdict(target, result),
        )


def _labels(table: Table, result: Result) -> tuple[str, str]:
    theirs = table.contenders.get(result.theirs)
    return table.contenders[result.ours].label, theirs.label if theirs else ""
