"""`dot(a, b)`: the inner product over the last axis."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.amount import Amount, elements
from specc.ir.op import Op, Sight
from specc.ir.types import Type
from specc.ops._merge import compared


class Dot(Op):
    """y = sum_i a_i b_i, over the last axis.

    a, b: [.., n], y: [..].

    Mask: a step counts where it counts in both values.
    Example: (a: float[T, 2] ragged, b: float[T, 2]) -> y: float[T] { dot(a, b) }
    """

    sight: ClassVar[Sight] = "step"

    def result(self, a: Type, b: Type) -> Type:
        return compared(self, a, b)

    def multiply_adds(self, a: Type, b: Type) -> Amount:
        """A product for each number of an input."""
        return elements(a)
