"""`concat`: several values side by side."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Type
from specc.ops._merge import aligned, need_several
from specc.ops._sequence import fixed_features, joined_features


class Concat(Op):
    """y = [a, b, ...] along the features.

    a: [.., m], b: [.., n], y: [.., m + n]; the other axes are the same.

    Mask: a step counts where it counts in all of the values.
    Example: (a: float[T, 2] ragged, b: float[T, 1]) -> y: float[T, 3] { concat(a, b) }
    """

    sight: ClassVar[Sight] = "step"

    def result(self, *inputs: Type) -> Type:
        need_several(self, inputs)
        width = sum(fixed_features(self.name(), x) for x in inputs)
        axes = aligned(self, inputs, -1)
        return Type(dtype="float", axes=(*axes, joined_features(self.name(), width)))
