"""`cosine(a, b)`: the cosine of the angle between two vectors."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.amount import Amount, elements
from specc.ir.op import Op, Sight
from specc.ir.types import Type
from specc.ops._merge import compared


class Cosine(Op):
    """y = sum_i a_i b_i / (|a| |b|), over the last axis.

    a, b: [.., n], y: [..]. |x| = sqrt(max(sum_i x_i^2, 1e-12)), as in `normalize`: a
    vector of zeros has cosine 0 with every other, and finite gradients.

    Mask: a step counts where it counts in both values.
    Example: (a: float[T, 2] ragged, b: float[T, 2]) -> y: float[T] { cosine(a, b) }
    """

    sight: ClassVar[Sight] = "step"

    def result(self, a: Type, b: Type) -> Type:
        return compared(self, a, b)

    def multiply_adds(self, a: Type, b: Type) -> Amount:
        """A product for each number of an input; the lengths are not counted."""
        return elements(a)
