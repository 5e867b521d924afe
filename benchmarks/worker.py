"""The process a contender runs in: it does what it is asked, and waits in between."""

from __future__ import annotations

import importlib
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from benchmarks.cases import Array, Arrays, Batch, Case
from benchmarks.contenders import QUIET, Entry

MATRIX = 2048
MULTIPLIED = 8
SAMPLE = 100_000
"""So many numbers of an output are compared, spread over all of it."""
STEPS = 3
"""Training steps whose losses are compared."""
MOST_CALLS = 200


class Task(Struct, frozen=True, eq=False):
    """What a worker is to run: a model, its weights, a batch to compare on.

    `program` is the file of our program. `batch` is what is timed afterwards.
    """

    case: Case
    weights: Arrays
    compared: Batch
    batch: Batch
    program: Path | None


class First(Struct, frozen=True, eq=False):
    """The first calls, in seconds, and what they gave. Making the model is in both."""

    infer: float
    train: float
    output: Array
    losses: list[float]
    infer_again: float
    train_again: float


def serve(connection: Connection, entry: Entry, log: str) -> None:
    """Answer one command after the other, until the parent has no more."""
    os.environ.update({**QUIET, **entry.environment})
    with Path(log).open("w") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
        os.dup2(file.fileno(), sys.stdout.fileno())
    try:
        worker = Worker(entry)
    except Exception:
        connection.send(("failed", traceback.format_exc()))
        return
    connection.send(("done", None))
    while True:
        try:
            command, arguments = connection.recv()
        except EOFError:  # the parent is gone
            return
        if command == "end":
            return
        try:
            connection.send(("done", getattr(worker, command)(*arguments)))
        except Exception:
            connection.send(("failed", traceback.format_exc()))


class Worker:
    """A contender with at most one program."""

    def __init__(self, entry: Entry) -> None:
        self.contender: Any = importlib.import_module(entry.module)
        if entry.backend == "jax":
            self.contender.prepare(entry.devices)
        self.program: Any = None
        self.started = resident("VmRSS")

    def threads(self) -> str:
        """On how many threads it runs."""
        return str(self.contender.threads())

    def gemm(self) -> float:
        """The most it reached multiplying two matrices, in GFLOP/s."""
        generator = np.random.default_rng(0)
        a = generator.standard_normal((MATRIX, MATRIX), np.float32)
        b = generator.standard_normal((MATRIX, MATRIX), np.float32)
        self.contender.multiply(a, b)
        seconds = [timed(self.contender.multiply, a, b)[0] for _ in range(MULTIPLIED)]
        return float(2 * MATRIX**3 / min(seconds) / 1e9)

    def first(self, task: Task) -> First:
        """Make the program and call it for the first time."""
        made, self.program = timed(self._make, task)
        self.program.place(task.compared)
        infer, output = timed(self.program.infer)
        output = sampled(output)
        train, loss = timed(self._train)
        if task.case.drops:
            losses = self._losses_without_dropout(task)
        else:
            losses = [loss, *(self._train() for _ in range(STEPS - 1))]
        self.program.place(task.batch)
        infer_again, _ = timed(self.program.infer)
        train_again, _ = timed(self._train)
        return First(
            made + infer, made + train, output, losses, infer_again, train_again
        )

    def _make(self, task: Task) -> Any:
        if task.program is None:
            return self.contender.make(task.case, task.weights)
        return self.contender.make(task.case, task.weights, task.program)

    def _losses_without_dropout(self, task: Task) -> list[float]:
        """Those of a second program, as the first one has moved at random."""
        program = self._make(task)
        program.place(task.compared)
        return [program.train(drop=False) for _ in range(STEPS)]

    def _train(self) -> float:
        return float(self.program.train(drop=True))

    def infer(self, seconds: float) -> list[float]:
        """Times of as many calls as fit into these seconds, at least one."""
        return turn(self.program.infer, seconds)

    def train(self, seconds: float) -> list[float]:
        """The same for training steps."""
        return turn(self._train, seconds)

    def memory(self) -> tuple[float, float]:
        """MiB in use before the program was made, and the most ever in use."""
        return self.started, resident("VmHWM")


def turn(call: Callable[[], Any], seconds: float) -> list[float]:
    """Times of calls, one after the other."""
    found: list[float] = []
    while not found or (sum(found) + found[-1] < seconds and len(found) < MOST_CALLS):
        found.append(timed(call)[0])
    return found


def timed(call: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """Seconds, and the result."""
    start = time.perf_counter()
    result = call(*arguments)
    return time.perf_counter() - start, result


def sampled(output: Any) -> Array:
    """Some numbers of an output, NaN if one of all is not finite."""
    flat: Array = np.asarray(output).ravel()
    if not np.isfinite(flat).all():
        return np.full(1, np.nan)
    return flat[:: -(-flat.size // SAMPLE)].copy()


def resident(field: str) -> float:
    """A line of the process's memory, in MiB; the peak where there are no lines."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    for line in status.read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"the kernel tells no {field}")
