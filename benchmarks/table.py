"""What is saved of a run, as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from specc.atomic import write_bytes


class Spread(Struct, frozen=True):
    """Times of calls in seconds: median, quartiles, the best, and how many."""

    median: float
    low: float
    high: float
    best: float
    calls: int


class Figures(Struct, frozen=True):
    """One contender on one model and batch.

    `missing` says why there is nothing else. First calls in seconds, the making of the
    model among them; memory in MiB; `difference` of outputs over the largest number,
    `loss_difference` relative, both against the first contender.
    """

    missing: str | None = None
    infer: Spread | None = None
    train: Spread | None = None
    first_infer: float | None = None
    first_train: float | None = None
    memory: float | None = None
    memory_before: float | None = None
    difference: float | None = None
    loss_difference: float | None = None


class Row(Struct, frozen=True):
    """One model and batch; `figures` by the contenders' names.

    `wide`: its recurrent layers have 512 units or more.
    """

    model: str
    batch: int
    size: str
    multiply_adds: int
    recurrent: bool
    wide: bool
    figures: Mapping[str, Figures]


class Known(Struct, frozen=True):
    """A contender: its label, versions and threads; `missing` if it did not run."""

    label: str
    ours: bool
    versions: Mapping[str, str]
    threads: str = ""
    gemm: float | None = None
    missing: str | None = None


class Table(Struct, frozen=True):
    """A whole run. `gemm` is the most GFLOP/s that anybody's matrix product reached."""

    machine: Mapping[str, str]
    options: Mapping[str, str]
    contenders: Mapping[str, Known]
    gemm: float
    rows: tuple[Row, ...]


def spread(times: Sequence[float]) -> Spread:
    """The median and quartiles of some times."""
    best = min(times)
    if len(times) == 1:
        return Spread(best, best, best, best, 1)
    low, median, high = statistics.quantiles(times, n=4, method="inclusive")
    return Spread(median, low, high, best, len(times))


def wrong(table: Table) -> list[str]:
    """Who failed or computes other numbers, in words."""
    absent = [
        f"{known.label}: {known.missing}"
        for known in table.contenders.values()
        if known.missing and not known.missing.startswith("skipped")
    ]
    return absent + [
        f"{row.model}, batch {row.batch}: {table.contenders[name].label}: {why}"
        for row in table.rows
        for name, figures in row.figures.items()
        if (why := figures.missing) and why.startswith(("failed", "computes"))
    ]


def save(table: Table, path: Path) -> None:
    """Write a table, readable for people as well."""
    rounded = msgspec.to_builtins(table)
    text = msgspec.json.format(msgspec.json.encode(_short(rounded)), indent=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, text + b"\n")


def load(path: Path) -> Table:
    """Read a table back."""
    return msgspec.json.decode(path.read_bytes(), type=Table)


def _short(value: object) -> object:
    """Five figures of every number are plenty."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {key: _short(one) for key, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [_short(one) for one in value]
    return value
