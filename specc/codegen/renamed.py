"""What layers are called elsewhere: as here, unless the user says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from specc.diagnostics import Diagnostic, Failure, did_you_mean
from specc.diagnostics.codes import WRONG_MAP
from specc.ir.graph import Model


class Place(Struct, frozen=True):
    """A layer elsewhere: its path, and which layer it is where several are one."""

    path: str
    stacked: int | None = None

    def __str__(self) -> str:
        return self.path if self.stacked is None else f"{self.path}:{self.stacked}"

    def alone(self) -> str:
        """The path of a layer that is no part of several; else `Failure`."""
        if self.stacked is None:
            return self.path
        message = f"`{self}` is one layer of several, and there are none such here"
        help = "only recurrent layers of PyTorch lie in one module"
        raise Failure([Diagnostic(WRONG_MAP, message, help=help)])


Renamed = Mapping[str, Place]
"""Paths of ours, or the starts of such, and what stands in their place."""


def place_of(path: str, renamed: Renamed, between: str = ".") -> Place:
    """What a layer of ours is called elsewhere: the longest start that fits counts."""
    start = path
    while start not in renamed:
        if "." not in start:
            return Place(path.replace(".", between))
        start = start.rpartition(".")[0]
    found = renamed[start]
    rest = path[len(start) :].replace(".", between)
    return Place((found.path + rest).removeprefix(between), found.stacked)


def check_renamed(model: Model, renamed: Renamed) -> None:
    """Raise `Failure` unless every name given is that of layers with weights.

    And unless every layer then has a place of its own.
    """
    names = dict.fromkeys(node.name for node in model.nodes if node.weights)
    known = dict.fromkeys(start for name in names for start in _starts(name))
    wrong = [_unknown(model, name, known) for name in renamed if name not in known]
    taken: dict[str, str] = {}
    for name in names:
        place = str(place_of(name, renamed))
        first = taken.setdefault(place, name)
        if first != name:
            message = f"`{first}` and `{name}` would both be at `{place}`"
            help = "give each a place of its own with `--map`"
            wrong.append(Diagnostic(WRONG_MAP, message, help=help))
    if wrong:
        raise Failure(wrong)


def _starts(path: str) -> Iterable[str]:
    """`a`, `a.b` and `a.b.c` of `a.b.c`."""
    parts = path.split(".")
    return (".".join(parts[: n + 1]) for n in range(len(parts)))


def _unknown(model: Model, name: str, known: Iterable[str]) -> Diagnostic:
    hint = did_you_mean(name, known) or "`specc params` lists the layers"
    return Diagnostic(
        WRONG_MAP,
        f"`{model.name}` has no layer with weights at `{name}`",
        help=hint,
    )
