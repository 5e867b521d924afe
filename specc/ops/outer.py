"""`outer`: every number of one vector times every number of another."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Type, features
from specc.ops._merge import aligned, need_several
from specc.ops._sequence import fixed_features


class Outer(Op):
    """y_ij = a_i b_j.  a: [..., n], b: [..., m]; y: [..., n, m].

    Mask: kept; a step counts where it counts on both sides.
    Example: (a: float[T, 3] ragged, b: float[T, 4]) -> float[T, 3, 4] { outer(a, b) }
    """

    sight: ClassVar[Sight] = "step"

    def result(self, a: Type, b: Type) -> Type:
        need_several(self, (a, b))
        sizes = [fixed_features(self.name(), x) for x in (a, b)]
        axes = aligned(self, (a, b), -1)
        return Type(dtype="float", axes=(*axes, *map(features, sizes)))
