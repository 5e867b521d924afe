"""The bug report for a mistake of specc's own (SPC900)."""

from __future__ import annotations

import platform
import shlex
import traceback
from collections.abc import Sequence

from specc import __version__
from specc.diagnostics.codes import INTERNAL_ERROR
from specc.diagnostics.visible import visible

# A recursion gone wrong has a thousand frames, which tell no more than the last.
MOST_FRAMES = 50


def crash_report(error: BaseException, arguments: Sequence[str]) -> str:
    """The report's text: what was run, where, and how it went wrong.

    `arguments` are those of the command line, without the program's name.
    """
    code = INTERNAL_ERROR
    command = shlex.join(["specc", *arguments])
    lines = [
        f"error[{code.number}] {code.slug}: specc went wrong, "
        "and this is not your mistake",
        "",
        f"specc:     {__version__}",
        f"platform:  {platform.platform()} ({platform.machine()})",
        f"Python:    {platform.python_implementation()} {platform.python_version()}",
        f"command:   {command}",
        "",
    ]
    for entry in traceback.format_exception(error, limit=-MOST_FRAMES):
        lines.extend(entry.rstrip("\n").split("\n"))
    lines += [
        "",
        "Please report this with the text above and, if you can share it, the .seq",
        f"file. `specc explain {code.number}` says more.",
    ]
    return "\n".join(map(visible, lines))
