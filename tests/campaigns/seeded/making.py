"""What a compiler with a fault in it makes: programs, and weights carried over.

It runs in a process of its own, on a copy of the packages in which one file is another.
The copy is of links, but for that file and the folders above it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from tests.campaigns.seeded.mutant import ROOT, Mutant, mutated

PLACES = {"backends/": "", "specs/": "specc/specs/", "grammars/": "specc/grammars/"}
"""Folders of the checkout, and where they lie as packages."""
CHILD = Path(__file__).with_name("child.py")
SECONDS = 600


class Job(Struct, frozen=True):
    """What a compiler is asked for: the programs of a text, or weights of a world.

    `world`: where weights go to, and come from; "" for programs. `files`: weights of
    ours, arrays of theirs, and where to write what becomes of each.
    """

    text: str
    target: str = "portable"
    backends: tuple[str, ...] = ()
    world: str = ""
    files: tuple[str, ...] = ()


class Broken(Exception):
    """The compiler with the fault in it raised; the message is the end of it."""


def make(job: Job, mutant: Mutant | None = None) -> dict[str, str]:
    """Programs by backend, from a compiler with that fault; without one, from ours."""
    request = json.dumps(
        {
            "text": job.text,
            "target": job.target,
            "backends": job.backends,
            "world": job.world,
            "files": job.files,
        }
    )
    with _packages(mutant) as folder:
        ran = subprocess.run(
            [sys.executable, "-P", "-B", str(CHILD), str(folder)],
            input=request,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env={**os.environ, "PYTHONPATH": str(folder)},
        )
    if ran.returncode:
        raise Broken(ran.stderr[-2000:])
    found: dict[str, str] = json.loads(ran.stdout)
    return found


@contextmanager
def _packages(mutant: Mutant | None) -> Iterator[Path]:
    """A folder with our packages, one file of them with the fault."""
    with TemporaryDirectory(prefix="specc-mutant-") as name:
        folder = Path(name)
        at = _place(mutant.file) if mutant else Path("specc/nothing")
        specc = folder / "specc"
        _link(ROOT / "specc", specc, at.relative_to("specc") if _in(at) else None)
        for backend in sorted((ROOT / "backends").iterdir()):
            inner = at.parts[0] == backend.name
            below = at.relative_to(backend.name) if inner else None
            _link(backend, folder / backend.name, below)
        for data in ("specs", "grammars"):
            if specc.is_symlink():
                break
            inner = at.parts[:2] == ("specc", data)
            below = at.relative_to(f"specc/{data}") if inner else None
            _link(ROOT / data, specc / data, below)
        if mutant is not None:
            path = folder / at
            path.unlink()
            path.write_text(mutated(mutant), encoding="utf-8", newline="\n")
            os.utime(path, (1, 1))  # older than anything that was compiled of it
        yield folder


def _place(file: str) -> Path:
    """Where a file of the checkout lies among the packages."""
    for start, place in PLACES.items():
        if file.startswith(start):
            return Path(place + file.removeprefix(start))
    return Path(file)


def _in(place: Path) -> bool:
    return place.parts[0] == "specc"


def _link(source: Path, target: Path, below: Path | None) -> None:
    """A link to a folder, or folders of links down to one file."""
    if below is None:
        target.symlink_to(source)
        return
    target.mkdir()
    for one in source.iterdir():
        inner = len(below.parts) > 1 and one.name == below.parts[0]
        rest = below.relative_to(one.name) if inner else None
        _link(one, target / one.name, rest)
