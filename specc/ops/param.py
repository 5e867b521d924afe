"""`param W[units, d]`: weights that a block owns, as values."""

from __future__ import annotations

import math
from typing import ClassVar

from specc.ir.amount import Amount
from specc.ir.op import Op
from specc.ir.types import Frozen, Type, features
from specc.ir.weights import Role, Start, Weight


class Own(Frozen):
    """One weight of a block."""

    name: str
    shape: tuple[int, ...]
    role: Role
    initial: Start

    def __str__(self) -> str:
        return f"{self.name}[{', '.join(map(str, self.shape))}] = {self.initial}"


class Param(Op):
    """The weights as values: they have no batch axis."""

    internal: ClassVar[bool] = True

    owned: tuple[Own, ...]

    def result(self) -> tuple[Type, ...]:
        return tuple(
            Type(dtype="float", axes=tuple(map(features, one.shape)), unbatched=True)
            for one in self.owned
        )

    def weights(self) -> tuple[Weight, ...]:
        return tuple(
            Weight(
                name=one.name,
                shape=one.shape,
                role=one.role,
                initial=one.initial,
                fans=(one.shape[-1], math.prod(one.shape[:-1])),
            )
            for one in self.owned
        )

    def multiply_adds(self) -> Amount:
        """None: what is done with them is counted where it is done."""
        return Amount()
