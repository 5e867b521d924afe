"""`normalize`: to length one."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Type
from specc.ops._sequence import fixed_features, need_float


class Normalize(Op):
    """y = x / sqrt(max(sum_i x_i^2, 1e-12)), over the last axis.

    Mask: kept; every step is normalised by itself.
    Example: (x: float[T, 2] ragged) -> y: float[T, 2] { x -> normalize }
    """

    sight: ClassVar[Sight] = "step"

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        fixed_features(self.name(), x)
        return x
