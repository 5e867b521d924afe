"""The scorecard: every campaign for its share of a time, and one table of the results.

python -m tests.campaigns --minutes 30             all of them
python -m tests.campaigns front_end --cases 1000   one, by number of cases
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import msgspec

import specc
from specc.atomic import write_text
from tests.campaigns._protocol import Budget, Campaign, Result

HEAD = ("campaign", "tried", "failures", "bound (95 %)", "seed", "seconds")


class Entry(msgspec.Struct, frozen=True):
    """A campaign's line: its result, and what it cost."""

    name: str
    seed: int
    seconds: float
    result: Result


def campaigns() -> dict[str, Campaign]:
    """The campaigns by name: the modules of this folder without an underscore."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    names = [name for name in found if not name.startswith("test_")]
    return {name: import_module(f"tests.campaigns.{name}") for name in names}


def main(given: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 if anything failed."""
    known = campaigns()
    parser = argparse.ArgumentParser(prog="tests.campaigns", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="campaign", help=", ".join(known))
    parser.add_argument("--minutes", type=float, help="for all of them together")
    parser.add_argument("--cases", type=int, help="at most so many for each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("build/scorecard"))
    options = parser.parse_args(given)
    unknown = [name for name in options.names if name not in known]
    if unknown:
        parser.error(f"no campaign is called {', '.join(unknown)}")
    if options.minutes is None and options.cases is None:
        options.minutes = 10.0
    chosen = {name: known[name] for name in options.names or known}
    total = sum(campaign.SHARE for campaign in chosen.values()) or 1.0
    entries = []
    for name, campaign in chosen.items():
        seconds = None
        if options.minutes is not None and campaign.SHARE:
            seconds = 60 * options.minutes * campaign.SHARE / total
        began = time.monotonic()
        result = campaign.run(Budget(options.cases, seconds), options.seed)
        entries.append(Entry(name, options.seed, time.monotonic() - began, result))
        print(line(entries[-1]), flush=True)
    save(options.out, entries)
    print(f"\n{table(entries)}\n\nkept in {options.out}.md and {options.out}.json")
    return 1 if any(entry.result.failures for entry in entries) else 0


def line(entry: Entry) -> str:
    """A campaign in one line, with its first failure."""
    cells = cells_of(entry)
    text = f"{cells[0]}: {cells[1]}, {cells[2]} failed, {cells[5]} s"
    first = entry.result.failures[:1]
    return f"{text}; {first[0].case}: {first[0].what}" if first else text


def cells_of(entry: Entry) -> tuple[str, ...]:
    """A campaign as a row of the table."""
    result = entry.result
    bound = "all there are"
    if result.sampled:
        bound = "-" if result.bound is None else f"{result.bound:.2g}"
    return (
        entry.name,
        f"{result.tried:,} {result.unit}",
        f"{len(result.failures):,}",
        bound,
        str(entry.seed),
        f"{entry.seconds:,.0f}",
    )


def table(entries: Sequence[Entry]) -> str:
    """All campaigns as a Markdown table, then their figures."""
    rows = [HEAD, tuple("---" for _ in HEAD), *map(cells_of, entries)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    for entry in entries:
        notes = "; ".join(
            f"{key}: {value}" for key, value in entry.result.notes.items()
        )
        lines += ["", f"{entry.name}: {notes}"] if notes else []
    return "\n".join(lines)


def machine() -> dict[str, str | int]:
    """Where it ran."""
    return {
        "specc": specc.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count() or 0,
    }


def save(out: Path, entries: Sequence[Entry]) -> None:
    """Write the table, the data, and whatever failed, with its input."""
    out.parent.mkdir(parents=True, exist_ok=True)
    where = machine()
    words = ", ".join(f"{key} {value}" for key, value in where.items())
    write_text(out.with_suffix(".md"), f"{table(entries)}\n\n{words}\n")
    data = {"schema": 1, "machine": where, "campaigns": msgspec.to_builtins(entries)}
    write_text(out.with_suffix(".json"), json.dumps(data, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
