"""What a program to be measured must do, whoever wrote it."""

from __future__ import annotations

from typing import Any, Protocol

from benchmarks.cases import Array, Arrays, Batch, Case

RATE = 1e-3
EPSILON = 1e-12
"""Adam's rate, and the number in its denominator: so small that nobody can tell where a
framework adds it, before the second moment is corrected or after."""


class Program(Protocol):
    """One model in one framework, holding the weights it was made with."""

    def place(self, batch: Batch) -> None:
        """Put a batch where the model reads it from; `infer` and `train` use it."""

    def infer(self) -> Any:
        """The first output, there when this returns."""

    def train(self, *, drop: bool) -> float:
        """One step: forward, backward, Adam. Returns the loss before it.

        `drop`: whether dropout drops anything.
        """


class Contender(Protocol):
    """A module with these functions: a framework and the models written in it."""

    def make(self, case: Case, weights: Arrays) -> Program:
        """The program of a case."""

    def threads(self) -> str:
        """On how many threads it runs, in words."""

    def multiply(self, a: Array, b: Array) -> Any:
        """The product of two matrices, there when this returns."""
