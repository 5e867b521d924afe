"""`multiply`: the product of several values."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Type
from specc.ops._merge import aligned, need_several


class Multiply(Op):
    """y = a b ..., element by element.

    Mask: a step counts where it counts in all of the values.
    Example: (a: float[T, 2] ragged, b: float[T, 2]) -> y: float[T, 2] {
    multiply(a, b) }
    """

    sight: ClassVar[Sight] = "number"

    def result(self, *inputs: Type) -> Type:
        need_several(self, inputs)
        return Type(dtype="float", axes=aligned(self, inputs, None))
