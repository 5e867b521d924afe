"""`distance(l1)`, `distance(l2)`: how far two vectors are apart."""

from __future__ import annotations

from typing import ClassVar, Literal

from specc.ir.op import Op, Sight
from specc.ir.types import Type
from specc.ops._merge import compared


class Distance(Op):
    """l1: y = sum_i |a_i - b_i|; l2: y = sqrt(max(sum_i (a_i - b_i)^2, 1e-12)).

    Over the last axis: a, b: [.., n], y: [..]. So the l2 distance of equal vectors is
    1e-6, with gradient 0.

    Mask: a step counts where it counts in both values.
    Example: (a: float[T, 2] ragged, b: float[T, 2]) -> y: float[T] {
    distance(a, b, l1) }
    """

    sight: ClassVar[Sight] = "step"

    kind: Literal["l1", "l2"]

    def result(self, a: Type, b: Type) -> Type:
        return compared(self, a, b)
