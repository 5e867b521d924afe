"""`upsample(n)`: every step n times, or every place n by n times."""

from __future__ import annotations

from specc.diagnostics.codes import TOO_LARGE
from specc.ir.op import UNIT_LIMIT, Count, IllTyped, Op
from specc.ir.types import Axis, Type
from specc.ops._sequence import is_image, need_time_or_image


class Upsample(Op):
    """y_t = x_{t // n}, for n T steps. Over an image y_ij = x_{i // n, j // n}.

    Mask: repeated along: the steps of a masked one are masked.
    Example: (x: float[T, 1] ragged) -> y: float[2 * T, 1] { x -> upsample(2) }
    """

    n: Count

    def result(self, x: Type) -> Type:
        need_time_or_image(self.name(), x)
        over = 2 if is_image(x) else 1
        steps = tuple(self._repeated(axis) for axis in x.axes[:over])
        return x.with_axes(*steps, *x.axes[over:])

    def mask(self, x: Type) -> Op | None:
        return self

    def _repeated(self, axis: Axis) -> Axis:
        size = axis.size * self.n
        largest = max([abs(size.constant), *(abs(f) for _, f in size.terms)])
        if largest > UNIT_LIMIT:
            raise IllTyped(
                TOO_LARGE,
                f"`upsample` makes at most {UNIT_LIMIT:,} steps of one, found "
                f"{largest:,}",
            )
        return Axis(size=size, ragged=axis.ragged)
