"""Small texts that ask for much: each refused by its code, soon and in little room.

Time is the processor's and room is the process's own, both above what `specc` needs to
check one line. The limits are for any machine; what was used is in the notes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from msgspec import Struct

from tests.campaigns._bombs import BOMBS, Bomb
from tests.campaigns._protocol import Budget, Mishap, Result

SHARE = 0.0
MOST_SECONDS = 10.0
"""Ten times what is promised, for slow and busy machines."""
MOST_MEGABYTES = 200
CODE = re.compile(r"^error\[(SPC\d+)\]", re.MULTILINE)
PROGRAM = """
import resource, sys, time
from pathlib import Path
from specc.cli import main
code = main(sys.argv[1:])
used = time.process_time()
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
print(f"used {used} {peak}", file=sys.stderr)
raise SystemExit(code)
"""


class Cost(Struct, frozen=True):
    """What a process said and used."""

    exit_code: int
    codes: tuple[str, ...]
    seconds: float
    megabytes: float
    text: str


def run(budget: Budget, seed: int) -> Result:
    """All of them, or as many as the budget names, beginning at the seed."""
    names = list(BOMBS)
    names = names[seed % len(names) :] + names[: seed % len(names)]
    base = measured(Bomb((), {"main.seq": "const A = 1\n"}))
    failures: list[Mishap] = []
    longest, largest = ("", 0.0), ("", 0.0)
    tried = 0
    for name in names[: budget.cases]:
        cost = measured(BOMBS[name])
        tried += 1
        seconds = cost.seconds - base.seconds
        longest = max(longest, (name, seconds), key=lambda pair: pair[1])
        largest = max(largest, (name, cost.megabytes), key=lambda pair: pair[1])
        wrong = fault(BOMBS[name], cost, seconds)
        if wrong:
            failures.append(Mishap(name, wrong, cost.text[-2000:]))
    notes = {
        "longest": f"{longest[1]:.2f} s ({longest[0]})",
        "largest": f"{largest[1]:.0f} MB ({largest[0]})",
        "for one line": f"{base.seconds:.2f} s, {base.megabytes:.0f} MB",
    }
    return Result(tried, "bombs", tuple(failures), sampled=False, notes=notes)


def fault(bomb: Bomb, cost: Cost, seconds: float) -> str:
    """What is wrong with how a bomb was received; empty if nothing is."""
    if cost.exit_code != (1 if bomb.codes else 0):
        return f"exit code {cost.exit_code}"
    if not set(cost.codes) <= set(bomb.codes):
        return f"{', '.join(sorted(set(cost.codes)))} instead of {bomb.codes}"
    if seconds > MOST_SECONDS:
        return f"{seconds:.1f} s of processor time"
    if cost.megabytes > MOST_MEGABYTES:
        return f"{cost.megabytes:.0f} MB"
    return ""


def measured(bomb: Bomb) -> Cost:
    """Run `specc` on a bomb in a process and a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "project"
        for path, text in bomb.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text.encode("utf-8", "surrogatepass"))
        for path, target in bomb.links.items():
            (folder / path).symlink_to(target)
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *bomb.command],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            preexec_fn=_limit,
        )
    used = re.search(r"used (\S+) (\S+)$", done.stderr)
    seconds, kilobytes = used.groups() if used else ("inf", "inf")
    return Cost(
        done.returncode,
        tuple(CODE.findall(done.stderr)),
        float(seconds),
        float(kilobytes) / 1024,
        done.stderr,
    )


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
