"""`recurrent_dropout` of a recurrent layer: what a matrix sees of a state."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op
from specc.ir.types import Type


class Kept(Op):
    """y = h m while training, m drawn from {0, 1 / (1 - p)} with P(m = 0) = p; else h.

    One m serves all steps of a sequence and all gates. `state` names what is dropped
    from. Source: Gal and Ghahramani 2016.
    """

    internal: ClassVar[bool] = True

    state: str

    def result(self, h: Type) -> Type:
        return h
