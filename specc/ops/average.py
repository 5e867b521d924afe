"""`average`: the mean of several values."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Type
from specc.ops._merge import aligned, need_several


class Average(Op):
    """y = (a + b + ...) / n for n values, element by element.

    Mask: a step counts where it counts in all of the values.
    Example: (a: float[T, 2] ragged, b: float[T, 2]) -> y: float[T, 2] { average(a, b) }
    """

    sight: ClassVar[Sight] = "number"

    def result(self, *inputs: Type) -> Type:
        need_several(self, inputs)
        return Type(dtype="float", axes=aligned(self, inputs, None))
