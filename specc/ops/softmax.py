"""`softmax`: positive numbers that sum to one, along the last axis."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.codes import USELESS_SOFTMAX
from specc.ir.op import IllTyped, Op, Sight
from specc.ir.types import Type
from specc.ops._sequence import fixed_features, need_float


class Softmax(Op):
    """y_i = e^{x_i} / sum_j e^{x_j}, over the last axis.

    Mask: kept.
    Example: (x: float[T, 2] ragged) -> y: float[T, 2] { x -> softmax }
    """

    sight: ClassVar[Sight] = "step"

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        if fixed_features(self.name(), x) == 1:
            raise IllTyped(
                USELESS_SOFTMAX,
                f"`{self.name()}` over one element is the same for every input",
                label=f"this is `{x}`",
                help="use `sigmoid` for one probability",
            )
        return x
