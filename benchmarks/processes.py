"""The parent's side: contenders' processes, of which one works and the others wait."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.contenders import Entry
from benchmarks.worker import serve


class Failed(Exception):
    """What went wrong in a worker, in its own words."""


class Process:
    """A contender's process. Several may start at once; `ready` waits for one."""

    def __init__(self, entry: Entry, logs: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.log = logs / f"{entry.name}.log"
        arguments = (theirs, entry, str(self.log))
        self.process = context.Process(target=serve, args=arguments, daemon=True)
        self.process.start()
        theirs.close()

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.is_alive():
            try:
                self.connection.send(("end", ()))
                self.process.join(timeout=5)
            except OSError:
                pass
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.connection.close()

    def ready(self) -> None:
        """Wait until everything is imported."""
        self._answer()

    def ask(self, command: str, *arguments: Any) -> Any:
        """Have it do something and wait for the result."""
        try:
            self.connection.send((command, arguments))
        except OSError:
            raise Failed(self._last_words()) from None
        return self._answer()

    def _answer(self) -> Any:
        try:
            word, value = self.connection.recv()
        except (EOFError, OSError):
            raise Failed(self._last_words()) from None
        if word == "failed":
            raise Failed(value.strip())
        return value

    def _last_words(self) -> str:
        self.process.join(timeout=5)
        lines = self.log.read_text(errors="replace").splitlines()[-3:]
        return "\n".join([*lines, f"it ended with {self.process.exitcode}"])
