"""A child process that answers lines with lines, and how it is given up on."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Timer

TAIL = 30
"""How many last lines of a dead child's standard error are told."""


@dataclass(eq=False)
class ProgramError(Exception):
    """A generated program could not be run: it raised, died or took too long.

    `kind` is the exception's type, or `died` or `timed out`; `trace` is its traceback,
    or the end of what the child wrote to standard error.
    """

    kind: str
    message: str
    trace: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}" if self.message else self.kind


class Child:
    """A running `python -m specc.verify.worker RUNNER`."""

    def __init__(self, runner: str, folder: Path) -> None:
        """Start it; `folder` is private and takes what it writes to standard error."""
        self._errors = folder / "errors.txt"
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                # -P: a file in the current folder never stands in for a module.
                [sys.executable, "-P", "-m", "specc.verify.worker", runner],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
                env=environment(),
                # Ctrl-C is for the parent, which then stops the child.
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def exchange(self, line: str, timeout: float) -> str:
        """Send a line and wait for the answer.

        Raises `ProgramError` if the child dies or takes more seconds than `timeout`;
        it is no longer alive then.
        """
        expired = Event()
        timer = Timer(timeout, self._expire, [expired])
        timer.start()
        try:
            answer = self._converse(line)
        except BaseException:
            # The answer still to come must not be taken for that to a later request.
            self.stop()
            raise
        finally:
            timer.cancel()
        if answer.endswith("\n"):
            return answer
        self.stop()
        if expired.is_set():
            message = f"no answer within {timeout:g} seconds"
            raise ProgramError("timed out", message, self._last_words())
        message = f"the process ended with status {self._process.returncode}"
        raise ProgramError("died", message, self._last_words())

    def stop(self) -> None:
        """End it at once; it has nothing to lose."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None, "both are pipes"
            with suppress(OSError):
                pipe.close()

    def _expire(self, expired: Event) -> None:
        expired.set()
        self._process.kill()

    def _converse(self, line: str) -> str:
        """Write a line, read a line; what is read is "" if the child is dead."""
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(line)
            process.stdin.flush()
        return process.stdout.readline()

    def _last_words(self) -> str:
        text = self._errors.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-TAIL:])


def environment() -> dict[str, str]:
    """The parent's environment, and what lets the child import what the parent can."""
    return {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
