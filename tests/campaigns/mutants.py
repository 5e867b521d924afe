"""Is the proof any good? Faults seeded in the compiler, each to be found by a check.

python -m tests.campaigns.mutants             all of them, and one table
python -m tests.campaigns.mutants gate mask   those with such words in name or file
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.campaigns._protocol import Budget, Mishap, Result
from tests.campaigns.seeded.catalogue import MUTANTS
from tests.campaigns.seeded.mutant import Mutant
from tests.campaigns.seeded.trials import Verdict, judge_all

SHARE = 0.0
HEAD = ("mutant", "file", "what it breaks", "in", "killed by")


def run(budget: Budget, seed: int) -> Result:
    """All mutants, or as many as there may be cases, drawn by the seed."""
    chosen: Sequence[Mutant] = MUTANTS
    if budget.cases is not None and budget.cases < len(MUTANTS):
        chosen = random.Random(f"mutants {seed}").sample(MUTANTS, budget.cases)
    return result(judge_all(chosen))


def result(verdicts: Sequence[Verdict]) -> Result:
    """What a campaign tells of them: how many each check has killed."""
    lost = [one for one in verdicts if one.failure]
    checks = Counter(one.kill.check for one in verdicts if not one.failure)
    return Result(
        len({one.mutant for one in verdicts}),
        "mutants",
        tuple(
            Mishap(f"{one.mutant.name} ({one.backend})", one.failure, one.mutant.file)
            for one in lost
        ),
        sampled=False,
        notes={f"killed by {check}": count for check, count in checks.most_common()},
    )


def table(verdicts: Sequence[Verdict]) -> str:
    """A row for each mutant in each backend, in columns."""
    rows = [HEAD, *map(_row, verdicts)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )


def _row(verdict: Verdict) -> tuple[str, ...]:
    mutant = verdict.mutant
    end = f"NOT KILLED: {verdict.failure}" if verdict.failure else verdict.kill.check
    target = "" if mutant.target == "portable" else f", {mutant.target}"
    where = f"{verdict.backend}{target}"
    return mutant.name, mutant.file, mutant.breaks, where, end


def main(words: Sequence[str]) -> int:
    """Judge the mutants asked for and print the table; 1 where one is not killed."""
    chosen = [
        one
        for one in MUTANTS
        if not words or any(word in f"{one.name} {one.file}" for word in words)
    ]
    began = time.monotonic()
    verdicts = judge_all(chosen, _tell)
    found = result(verdicts)
    figures = "; ".join(f"{name}: {count}" for name, count in found.notes.items())
    print(f"\n{table(verdicts)}\n\n{figures}")
    spent = time.monotonic() - began
    lost = len(found.failures)
    print(f"{found.tried} mutants, {lost} not killed, {spent:.0f} s")
    return 1 if found.failures else 0


def _tell(verdict: Verdict) -> None:
    """A dot for one that was killed, else why not."""
    sign = (
        "." if not verdict.failure else f"\n{verdict.mutant.name}: {verdict.failure}\n"
    )
    print(sign, end="", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
