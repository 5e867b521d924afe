"""`subtract(a, b)`: the difference of two values."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Type
from specc.ops._merge import aligned, need_several


class Subtract(Op):
    """y = a - b, element by element.

    Mask: a step counts where it counts in both values.
    Example: (a: float[T, 2] ragged, b: float[T, 2]) -> y: float[T, 2] {
    subtract(a, b) }
    """

    sight: ClassVar[Sight] = "number"

    def result(self, a: Type, b: Type) -> Type:
        need_several(self, (a, b))
        return Type(dtype="float", axes=aligned(self, (a, b), None))
