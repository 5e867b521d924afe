"""Weights: what a layer learns, before anybody gives it numbers."""

from __future__ import annotations

import math
from typing import Literal

from specc.ir.formula import Formula
from specc.ir.types import Frozen

Role = Literal["kernel", "recurrent", "bias", "table", "scale", "mean", "variance"]
Initializer = Literal[
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
    "orthogonal",
    "identity",
    "uniform",
    "normal",
    "zeros",
    "ones",
]
Start = Initializer | Formula
"""How a weight starts."""


class Weight(Frozen):
    """One weight of a layer.

    `shape` is the canonical one, that of checkpoints and of the equations. `fans` are
    the inputs and outputs one element connects, for initialisers that scale by them.
    `file` names a text file of vectors to read instead of drawing numbers.
    """

    name: str
    shape: tuple[int, ...]
    role: Role
    initial: Start
    fans: tuple[int, int]
    trainable: bool = True
    l1: float = 0.0
    l2: float = 0.0
    file: str | None = None

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)
