"""Measures our programs and the peers in one run, or writes the page of a saved one.

python -m benchmarks                      everything, about a quarter of an hour
python -m benchmarks --models imdb_bilstm --batches 64 --rounds 3
python -m benchmarks --short              only proves that it runs
python -m benchmarks --page               docs/performance.md from the saved table
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from benchmarks.building import OPTIONS
from benchmarks.cases import CASES, Case
from benchmarks.contenders import ENTRIES
from benchmarks.machine import Watch, facts
from benchmarks.measure import Plan, introduce, measure
from benchmarks.page import PAGE, write_page
from benchmarks.rendering import known_text, row_text, table_text
from benchmarks.table import Table, load, save, wrong

SAVED = Path(__file__).parent / "table.json"
PART_SAVED = Path("build") / "table.json"
"""A part of all models, or a short run, does not replace the figures of a whole one."""
SHORT_MODELS = ("imdb_bilstm",)
SHORT_BATCH = 2
SHORT_PLAN = Plan(rounds=1, seconds=0.0)


def main() -> None:
    """Do what the arguments say; exit with 1 if anybody failed or is wrong."""
    given = _arguments()
    if given.page:
        write_page(load(given.table), PAGE)
        print(PAGE)
        return
    plan = SHORT_PLAN if given.short else Plan(rounds=given.rounds)
    table = run(list(_chosen(given)), plan, given.table)
    print(f"\n{table_text(table)}\nsaved in {given.table}")
    if found := wrong(table):
        sys.exit("\n".join(found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [case.name for case in CASES]
    parser.add_argument("--models", nargs="+", choices=names, metavar="MODEL")
    parser.add_argument("--batches", nargs="+", type=int, metavar="N")
    parser.add_argument("--rounds", type=int, default=Plan().rounds)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--table", type=Path, metavar="FILE.json")
    given = parser.parse_args()
    part = given.short or given.models or given.batches
    given.table = given.table or (PART_SAVED if part else SAVED)
    given.models = given.models or (SHORT_MODELS if given.short else names)
    return given


def _chosen(given: argparse.Namespace) -> Iterator[tuple[Case, int]]:
    """The models and batches asked for, in the order of the cases."""
    for case in CASES:
        if case.name not in given.models:
            continue
        usual = (SHORT_BATCH,) if given.short else case.batches
        for batch in given.batches or usual:
            yield case, batch


def run(cases: Sequence[tuple[Case, int]], plan: Plan, saved: Path) -> Table:
    """Measure models at batches; each is printed and saved as soon as it is done."""
    machine, watch = facts(), Watch()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        known = {}
        for entry in ENTRIES:
            known[entry.name] = introduce(entry, folder)
            print(known_text(known[entry.name]), flush=True)
        entries = [entry for entry in ENTRIES if known[entry.name].missing is None]
        gemm = max((one.gemm for one in known.values() if one.gemm), default=0.0)
        table = Table(machine, _options(plan), known, gemm, ())
        for case, batch in cases:
            row = measure(case, batch, entries, plan, folder)
            print("\n" + row_text(row, known, gemm), flush=True)
            table = replace(
                table,
                machine={**machine, **watch.facts()},
                rows=(*table.rows, row),
            )
            save(table, saved)
    return table


def _options(plan: Plan) -> dict[str, str]:
    return {
        "options of `specc build`": " ".join((*OPTIONS, "--batch", "that of the row")),
        "rounds": str(plan.rounds),
        "seconds a turn": str(plan.seconds),
    }


if __name__ == "__main__":
    main()
