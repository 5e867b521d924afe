"""The same spec gives the same bytes, whatever surrounds the process."""

from __future__ import annotations

import os
import random
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.campaigns._mutations import ROOT
from tests.campaigns._protocol import Budget, Mishap, Result

SHARE = 1.0
PROGRAM = """
import contextlib, io, os, sys
from pathlib import Path
from specc.cli import main
os.umask(int(sys.argv[1], 8))
sys.stdout = io.TextIOWrapper(io.BytesIO(), encoding=sys.argv[2], write_through=True)
out = {}
for arguments in (
    ["build", "spec.seq", "--backend", "jax", "--out", "out"],
    ["build", "spec.seq", "--backend", "tensorflow", "--out", "out"],
    ["params", "spec.seq", "--format", "json", "--weights", "--cost"],
    ["params", "spec.seq", "--format", "csv"],
    ["ir", "spec.seq", "--format", "json"],
    ["fmt", "spec.seq"],
    ["check", "broken.seq", "--format", "json"],
):
    main(arguments)
sys.stdout.flush()
Path("out/told.txt").write_bytes(sys.stdout.buffer.getvalue())
"""
BROKEN = (
    "model m(x: flaot[3], y: int[T] < 3) -> float[1] {{\n  x -> dens(1, unit = 3)\n"
)
LOCALES = ("C", "C.UTF-8", "POSIX", "de_DE.UTF-8", "tr_TR.UTF-8", "ja_JP.SJIS")
ZONES = ("UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", ":nowhere")


def run(budget: Budget, seed: int) -> Result:
    """A spec built in two surroundings that differ in everything, and compared."""
    failures: list[Mishap] = []
    specs = sorted((ROOT / "specs" / "models").glob("*.seq"))
    built: set[str] = set()
    tried = 0
    for turn in budget.turns():
        case = f"{seed}:{turn}"
        rng = random.Random(f"determinism {case}")
        spec = specs[(seed + turn) % len(specs)]
        built.add(spec.stem)
        tried += 1
        try:
            compare(spec, rng)
        except Exception as error:
            failures.append(Mishap(case, f"{spec.stem}: {error}"[:600]))
    return Result(
        tried, "pairs of surroundings", tuple(failures), notes={"specs": len(built)}
    )


def compare(spec: Path, rng: random.Random) -> None:
    """Raise `AssertionError` where the bytes of two runs differ."""
    found = [built(spec, rng, first) for first in (True, False)]
    assert found[0].keys() == found[1].keys(), "not the same files"
    for name, data in found[0].items():
        assert data == found[1][name], f"{name} differs"


def built(spec: Path, rng: random.Random, first: bool) -> dict[str, bytes]:
    """All bytes that come out for a spec, by name, in surroundings drawn at random."""
    umask = rng.choice((0o000, 0o022, 0o077)) if first else 0o027
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "".join(rng.choices("abÄ \u4e00-'(", k=rng.randint(1, 30)))
        home.mkdir()
        beside = [f"other{i}.seq" for i in range(4)]
        rng.shuffle(beside)
        for other in (*beside, "spec.seq"):  # folders list files as they were made
            shutil.copy(spec, home / other)
        (home / "broken.seq").write_text(BROKEN)
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PYTHONHASHSEED": str(rng.randrange(2**32)),
            "LC_ALL": rng.choice(LOCALES),
            "TZ": rng.choice(ZONES),
            "HOME": rng.choice(("/", "/nowhere", name)),
            "COLUMNS": str(rng.choice((20, 80, 400))),
        } | rng.choice(({}, {"PYTHONUTF8": "1"}, {"PYTHONDONTWRITEBYTECODE": "1"}))
        flags = rng.choice(([], ["-O"], ["-X", "utf8=0"], ["-B"]))
        subprocess.run(
            [sys.executable, *flags, "-c", PROGRAM, oct(umask), "utf-8"],
            cwd=home,
            env=environment,
            check=True,
            capture_output=True,
        )
        out = home / "out"
        for path in out.glob("*.py"):
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode == 0o666 & ~umask, f"{path.name} has mode {mode:o}"
        files = {path.name: path.read_bytes() for path in out.iterdir()}
        return files | {"spec.seq": (home / "spec.seq").read_bytes()}
