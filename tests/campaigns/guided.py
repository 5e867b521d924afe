"""Texts that atheris makes by watching which lines of specc they reach."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from tests.campaigns._mutations import ROOT
from tests.campaigns._protocol import Budget, Mishap, Result
from tests.campaigns.front_end import corpus

SHARE = 1.0
PROGRAM = """
import random, sys, tempfile
from pathlib import Path
import atheris
with atheris.instrument_imports(include=["specc"]):
    from tests.campaigns.front_end import judge
folder = Path(tempfile.mkdtemp())
def one(data):
    judge(data, random.Random(len(data)), folder)
atheris.Setup(sys.argv, one)
atheris.Fuzz()
"""
DONE = re.compile(r"Done (\d+) runs|#(\d+)\s")
SEEN = re.compile(r"cov: (\d+)")


def run(budget: Budget, seed: int) -> Result:
    """Runs in a process of its own, which ends with the first failure."""
    if find_spec("atheris") is None:
        return Result(0, "texts", notes={"left out": "atheris is not installed"})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seeds = folder / "texts"
        seeds.mkdir()
        for place, text in enumerate(corpus()):
            (seeds / f"{place}.seq").write_text(text)
        limits = [f"-runs={budget.cases}"] if budget.cases else []
        if budget.seconds:
            limits.append(f"-max_total_time={round(budget.seconds)}")
        done = subprocess.run(
            [
                *(sys.executable, "-c", PROGRAM, *limits, f"-seed={seed + 1}"),
                *("-max_len=4096", "-timeout=60", f"-artifact_prefix={folder}/"),
                str(seeds),
            ],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            errors="replace",
        )
        told = done.stderr + done.stdout
        counts = [int(found[0] or found[1]) for found in DONE.findall(told)]
        covered = [int(found) for found in SEEN.findall(told)]
        notes: dict[str, int | float | str] = {"branches": max(covered, default=0)}
        failures = ()
        if done.returncode:
            inputs = [ascii(p.read_bytes()) for p in folder.glob("*-*")]
            what = f"exit code {done.returncode}: {told[-1500:]}"
            failures = (Mishap(str(seed), what, "".join(inputs)),)
        return Result(max(counts, default=0), "texts", failures, notes=notes)
