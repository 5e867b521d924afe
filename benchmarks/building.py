"""Our programs as `specc build` writes them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.contenders import Entry

OPTIONS: tuple[str, ...] = ("--target", "cpu")
"""What `specc build` is told besides the backend; recurrent models, the batch too."""


def build(case: Case, rows: int, entry: Entry, folder: Path) -> Path | None:
    """The file of our program for so many rows; None for a peer's.

    Raises `CalledProcessError` if specc refuses.
    """
    if entry.backend is None:
        return None
    command = ("build", case.spec, "--model", case.name, "--backend", entry.backend)
    batch = ("--batch", str(rows)) if case.recurrent else ()
    done = subprocess.run(
        (sys.executable, "-c", START, *command, "--out", folder, *OPTIONS, *batch),
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(done.stdout.split()[-1])


START = "import sys; from specc.cli import main; sys.exit(main())"
