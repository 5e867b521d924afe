"""The command line: `specc COMMAND`, one file here per command."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Sequence

INTERRUPTED = 130
BUG = 70


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `specc` and give its exit code; `arguments` default to the process's.

    0 is fine, 1 a diagnostic, 2 a mistake on the command line, 70 one of specc's own,
    130 an interruption.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        # The process is ours: looking for cycles that short commands leave none of
        # takes a tenth of their time.
        gc.set_threshold(100_000, 20, 20)
    from specc.cli._intruder import intruder

    found = intruder()
    if found is not None:
        print(found.message, file=sys.stderr)
        if found.fatal:
            return 1
    try:
        return _run(given)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        from specc.cli._crash import report_crash

        report_crash(error, given)
        return BUG


def _run(given: list[str]) -> int:
    import click

    from specc.cli._group import specc

    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal or file that cannot hold a character gets its escape, not a crash.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code: object = specc.main(given, prog_name="specc", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort as abort:
        # click takes both for an abort, but nothing here asks the user for a line.
        if isinstance(abort.__cause__, EOFError):
            raise abort.__cause__ from None
        return INTERRUPTED
    return code if isinstance(code, int) else 0
