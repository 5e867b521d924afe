"""Tells of a mistake of specc's own, on standard error and in a file."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from specc.atomic import write_text
from specc.diagnostics.crash import crash_report
from specc.diagnostics.visible import visible


def report_crash(error: BaseException, arguments: Sequence[str]) -> None:
    """Print the bug report, and keep it in the system's folder for temporary files.

    The same report gives the same file, so that a crash in a loop fills no disk. A
    report that cannot be kept is printed all the same.
    """
    report = crash_report(error, arguments)
    digest = hashlib.sha256(report.encode()).hexdigest()
    print(report, file=sys.stderr)
    with suppress(OSError):
        path = Path(tempfile.gettempdir()) / f"specc-crash-{digest[:12]}.txt"
        write_text(path, f"{report}\n")
        print(f"The same is in {visible(str(path))}.", file=sys.stderr)
