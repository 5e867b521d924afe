"""A seeded fault: one line of the sources for another, and where it shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

from specc.ir.schedule import TargetName

ROOT = Path(__file__).parents[3]
Proof: TypeAlias = Literal["program", "training", "exchange"]


class Mutant(Struct, frozen=True):
    """A fault in one file, `old` replaced by `new`, and what is run to find it.

    `breaks` says in words what is wrong then. `spec` is the name of a spec, of
    `specs.py` for programs, of `training.py` or of `peers.py`, as `proof` has it.
    `target` is what the programs are written for. `by`: the one check that is asked, to
    show that it finds faults by itself; without, all are, in order. A fault in a
    backend shows in its own programs; one in the core must show in those of all
    backends, or of `backends`.
    """

    name: str
    file: str
    old: str
    new: str
    breaks: str
    spec: str
    proof: Proof = "program"
    target: TargetName = "portable"
    by: str = ""
    backends: tuple[str, ...] = ("jax", "tensorflow")

    @property
    def shown_in(self) -> tuple[str, ...]:
        """The backends whose programs must be found wrong."""
        own = [name for name in self.backends if f"specc_{name}/" in self.file]
        return tuple(own) or self.backends


def mutated(mutant: Mutant) -> str:
    """The text of the file with the fault in it.

    Raises `ValueError` if the mutant is stale: what it replaces is not there, or not
    there once.
    """
    text = (ROOT / mutant.file).read_text(encoding="utf-8")
    count = text.count(mutant.old)
    if count != 1:
        raise ValueError(f"{mutant.file} has {count} of {mutant.old!r}, not one")
    if mutant.old == mutant.new:
        raise ValueError("it changes nothing")
    return text.replace(mutant.old, mutant.new)


def in_file(file: str, *mutants: tuple[str, str, str, str, str]) -> Sequence[Mutant]:
    """Mutants of one file: name, spec, what breaks, and old and new text of each."""
    return [
        Mutant(name, file, old, new, breaks, spec)
        for name, spec, breaks, old, new in mutants
    ]
