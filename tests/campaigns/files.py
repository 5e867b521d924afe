"""A file is the old one or the new one, whenever its writer is killed or refused."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from specc import atomic
from tests.campaigns._protocol import Budget, Mishap, Result

SHARE = 0.5
LARGEST = 1 << 20
CALLS = ("open", "write", "fsync", "replace", "close", "stat")
"""What a writer asks of the system, each of which can be refused."""
ERRORS = (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EINTR, errno.EACCES)


def run(budget: Budget, seed: int) -> Result:
    """By turns a writer that is killed and one that the system refuses something."""
    failures: list[Mishap] = []
    killed = refused = left = tried = 0
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "out.bin"
        for turn in budget.turns():
            case = f"{seed}:{turn}"
            rng = random.Random(f"files {case}")
            tried += 1
            try:
                if turn % 2:
                    refused += refuse(path, rng)
                else:
                    killed += 1
                    left += kill(path, rng)
            except Exception as error:
                failures.append(Mishap(case, f"{type(error).__name__}: {error}"))
    notes: dict[str, int | float | str] = {
        "killed": killed,
        "parts left by the killed, all swept": left,
        "refused": refused,
    }
    return Result(tried, "writes broken off", tuple(failures), notes=notes)


def version(rng: random.Random) -> bytes:
    """Bytes that tell whether they are all there."""
    body = rng.randbytes(rng.choice((0, 1, 100, 70_000, LARGEST)))
    return hashlib.sha256(body).digest() + body


def is_whole(data: bytes) -> bool:
    """Whether these are the bytes of a version, and of one alone."""
    return hashlib.sha256(data[32:]).digest() == data[:32]


def beside(path: Path) -> list[str]:
    """Names of all files in a file's folder."""
    return [other.name for other in path.parent.iterdir()]


def kill(path: Path, rng: random.Random) -> int:
    """Kill a process that writes and writes; how many parts it left behind."""
    atomic.write_bytes(path, version(rng))
    versions = [version(rng) for _ in range(3)]
    moment = rng.uniform(0, 0.02)
    child = os.fork()
    if child == 0:  # pragma: no cover
        while True:
            for data in versions:
                atomic.write_bytes(path, data)
    time.sleep(moment)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert is_whole(path.read_bytes()), f"half a file after {moment:.4f} s"
    left = [name for name in beside(path) if name != path.name]
    assert all(name.startswith(f".{path.name}.") for name in left), left
    atomic.write_bytes(path, data := version(rng))
    assert path.read_bytes() == data
    assert beside(path) == [path.name], "a part was not swept"
    return len(left)


def refuse(path: Path, rng: random.Random) -> bool:
    """Let the system refuse one call of a write; whether it came to that."""
    old, new = version(rng), version(rng)
    atomic.write_bytes(path, old)
    name, error = rng.choice(CALLS), rng.choice(ERRORS)
    told = False
    with refusing(name, rng.randrange(4), error) as happened:
        try:
            atomic.write_bytes(path, new)
        except OSError as found:
            told = True
            assert found.errno == error
    now = path.read_bytes()
    assert now in (old, new), f"{name}: neither the old file nor the new one"
    assert told or now == new, f"{name}: no word of it, and the old file is there"
    left = [file for file in beside(path) if file != path.name]
    if left:  # the system would not let go of it; the next write does
        atomic.write_bytes(path, new)
    assert beside(path) == [path.name], f"{name}: a part is left"
    return bool(happened)


@contextmanager
def refusing(name: str, after: int, error: int) -> Iterator[list[str]]:
    """One function of `os` that fails once, after so many calls; writes are short."""
    real: Callable[..., object] = getattr(os, name)
    calls: list[str] = []
    happened: list[str] = []

    def failing(*arguments: object, **options: object) -> object:
        calls.append(name)
        if len(calls) == after + 1:
            happened.append(name)
            if name == "close":
                real(*arguments, **options)
            raise OSError(error, os.strerror(error))
        if name == "write":
            descriptor, data = arguments
            assert isinstance(data, memoryview)
            return real(descriptor, data[: max(1, len(data) // 3)])
        return real(*arguments, **options)

    with mock.patch.object(atomic.os, name, failing):
        yield happened
