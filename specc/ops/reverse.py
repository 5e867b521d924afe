"""`reverse`: the last step first."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op
from specc.ir.types import Type
from specc.ops._sequence import need_time


class Reverse(Op):
    """y_t = x_{T - 1 - t}

    Of n valid steps the k-th takes what the k-th from the end holds.

    Mask: kept. The valid steps are reversed among themselves, and a masked step keeps
    what it has, so padding stays at the end.
    Example: (x: float[T, 1] ragged) -> y: float[T, 1] { x -> reverse }
    """

    uses_mask: ClassVar[bool] = True

    def result(self, x: Type) -> Type:
        need_time(self.name(), x)
        return x
