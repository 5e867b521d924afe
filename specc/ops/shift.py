"""`shift(n)`: every step moves later, zeros come in at the start."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.codes import NO_TIME_AXIS, WRONG_DTYPE
from specc.ir.op import Count, IllTyped, Op, Sight
from specc.ir.types import Type
from specc.ops._sequence import FROM_FLAGS, need_one_mask


class Shift(Op):
    """y_t = x_{t - n}, and y_t = 0 for t < n.

    Of ids, id 0 comes in.

    Mask: kept: step t of the result stands for step t of the target. A float at a
    masked step is read as 0.
    Example: (x: float[T, 1] ragged) -> y: float[T, 1] { x -> shift(1) }
    """

    uses_mask: ClassVar[bool] = True
    sight: ClassVar[Sight] = "past"

    n: Count = 1

    def result(self, x: Type) -> Type:
        if not x.axes:
            raise IllTyped(
                NO_TIME_AXIS,
                f"`shift` runs along a time axis, but `{x}` has none",
                label=f"this is `{x}`",
            )
        if x.dtype == "bool":
            raise IllTyped(
                WRONG_DTYPE,
                f"`shift` needs ids or floats, found `{x}`",
                label=f"this is `{x}`",
                help=FROM_FLAGS,
            )
        if x.dtype == "float":
            need_one_mask(self.name(), x)
        return x
