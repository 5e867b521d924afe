"""The mask of an axis of sequences: one counts where any of its steps does."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Type


class AnyStep(Op):
    """y_t = x_{t, 1} or x_{t, 2} or ..., of flags.  `axis`: None for the last one."""

    internal: ClassVar[bool] = True
    sight: ClassVar[Sight] = "step"

    axis: int | None = None

    def result(self, x: Type) -> Type:
        gone = x.rank - 1 if self.axis is None else self.axis
        return x.with_axes(*(a for place, a in enumerate(x.axes) if place != gone))
