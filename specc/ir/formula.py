"""Initial values that are more than a word: `uniform(-0.1, 0.1)`, and arithmetic."""

from __future__ import annotations

from typing import Literal

from specc.ir.types import Frozen


class Part(Frozen):
    """One part of a formula; `parts` are the numbers of those it is made of.

    `word`: the initialiser drawn from, the function or operator, or an earlier weight
    of the same cell. `numbers`: what an initialiser is given, or the number it is.
    """

    kind: Literal["number", "draw", "weight", "function", "operator"]
    word: str = ""
    numbers: tuple[float, ...] = ()
    parts: tuple[int, ...] = ()


class Formula(Frozen):
    """How a weight starts: the last part, computed in float64, then rounded.

    A draw has the weight's shape; the second and later ones have streams of their own.
    `text` is the formula as a spec writes it, with constants as numbers. `weight`: in a
    cell, whose start this is.
    """

    parts: tuple[Part, ...]
    text: str
    weight: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def draw(self) -> Part | None:
        """The draw that the formula is, if it is no more than one."""
        only = self.parts[0]
        return only if len(self.parts) == 1 and only.kind == "draw" else None

    @property
    def uses(self) -> tuple[str, ...]:
        """The weights that it takes the first values of."""
        return tuple(part.word for part in self.parts if part.kind == "weight")
