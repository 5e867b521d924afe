"""`upsample(n)`: every step n times."""

from __future__ import annotations

from specc.diagnostics.codes import TOO_LARGE
from specc.ir.op import UNIT_LIMIT, Count, IllTyped, Op
from specc.ir.types import Axis, Type
from specc.ops._sequence import need_time


class Upsample(Op):
    """y_t = x_{t // n}, for n T steps.

    Mask: repeated along: the steps of a masked one are masked.
    Example: (x: float[T, 1] ragged) -> y: float[2 * T, 1] { x -> upsample(2) }
    """

    n: Count

    def result(self, x: Type) -> Type:
        need_time(self.name(), x)
        size = x.axes[0].size * self.n
        largest = max([abs(size.constant), *(abs(f) for _, f in size.terms)])
        if largest > UNIT_LIMIT:
            raise IllTyped(
                TOO_LARGE,
                f"`upsample` makes at most {UNIT_LIMIT:,} steps of one, found "
                f"{largest:,}",
            )
        return x.with_axes(Axis(size=size, ragged=x.axes[0].ragged), *x.axes[1:])

    def mask(self, x: Type) -> Op | None:
        return self
