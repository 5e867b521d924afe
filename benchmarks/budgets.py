"""How long the commands take, and how much memory: whole processes, run in turn.

    python benchmarks/budgets.py [--runs 5]

The short commands run in turn with `python -c "import lark, pydantic"`, A B A B, and
are given as the ratio of medians: machines are shared, a ratio says more than a time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPEC = str(ROOT / "specs" / "models" / "imdb_stacked_bilstm.seq")
BASE = (sys.executable, "-c", "import lark, pydantic")
# The development extras bring `interegular`, with which Lark checks its grammar at each
# start; who installs specc to use it does not have that.
START = """\
import sys
sys.modules["interegular"] = None
from specc.cli import main
sys.exit(main())
"""
# Byte code is kept, as it is where a package is installed.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
SPECC = (sys.executable, "-c", START)


def main() -> None:
    """Run everything and print one table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    print("| command | median | against the base | peak memory |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        short = {
            "--help": ("--help",),
            "check": ("check", SPEC),
            "params": ("params", SPEC),
            "fmt --check": ("fmt", "--check", SPEC),
            "build": ("build", SPEC, "--backend", "jax", "--out", folder),
        }
        for name, arguments in short.items():
            ours, base = compare((*SPECC, *arguments), BASE, runs)
            row(f"specc {name}", ours, f"{ours[0] / base[0]:.1f}")
        row("specc verify (both backends)", run((*SPECC, "verify", SPEC)), "")


def compare(
    ours: Sequence[str], base: Sequence[str], runs: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Medians of two commands run in turn, after an uncounted run of each."""
    pairs = [(run(ours), run(base)) for _ in range(runs + 1)][1:]
    first, second = zip(*pairs, strict=True)
    return median(first), median(second)


def median(found: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The median time and the largest memory."""
    return statistics.median(t for t, _ in found), max(m for _, m in found)


def run(command: Sequence[str]) -> tuple[float, float]:
    """Seconds and peak memory, in MiB, of the largest process it starts."""
    start = time.perf_counter()
    memory = measured(command)[1]
    return time.perf_counter() - start, memory


def measured(command: Sequence[str]) -> tuple[float, float]:
    """User seconds and peak memory, in MiB, of a process."""
    silent = subprocess.DEVNULL
    child = subprocess.Popen(command, stdout=silent, stderr=silent, env=ENVIRONMENT)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}")
    return used.ru_utime, used.ru_maxrss / 1024


def row(name: str, measured: tuple[float, float], ratio: str) -> None:
    """One line of the table."""
    print(f"| `{name}` | {measured[0]:.2f} s | {ratio} | {measured[1]:.0f} MiB |")


if __name__ == "__main__":
    main()
