"""The equations of a cell as flat terms whose sizes are solved by unification.

Shapes of weights follow from use: in `W_i @ x + b_i` the width of `x` is known, the
rows of `W_i` are as many as `b_i` has numbers, and both as many as whatever they are
added to. Sizes are classes of a union-find; a clash is reported where it arises.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from specc.ir.weights import Role
from specc.text import Span

Kind = Literal[
    "input", "state", "param", "number", "function", "arithmetic", "product", "op"
]


@dataclass(slots=True)
class Term:
    """One step of an equation. `sizes` is None while a weight's rank is unknown."""

    kind: Kind
    detail: str
    operands: tuple[int, ...]
    sizes: tuple[int, ...] | None
    span: Span
    value: float = 0.0
    name: str = ""
    recurrent: bool = False
    role: Role | None = None


@dataclass(slots=True)
class Sizes:
    """Classes of equal sizes, each with its number once that is known."""

    parents: list[int] = field(default_factory=list)
    numbers: list[int | None] = field(default_factory=list)

    def new(self, number: int | None = None) -> int:
        self.parents.append(len(self.parents))
        self.numbers.append(number)
        return len(self.parents) - 1

    def find(self, size: int) -> int:
        while self.parents[size] != size:
            self.parents[size] = self.parents[self.parents[size]]
            size = self.parents[size]
        return size

    def number(self, size: int) -> int | None:
        return self.numbers[self.find(size)]

    def unify(self, a: int, b: int) -> bool:
        """Make two sizes one; False where their numbers differ."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return True
        known = (self.numbers[a], self.numbers[b])
        if None not in known and known[0] != known[1]:
            return False
        self.parents[b] = a
        self.numbers[a] = known[0] if known[0] is not None else known[1]
        return True
