"""The mask of an axis of sequences: one counts where any of its steps does."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Type


class AnyStep(Op):
    """y_t = x_{t, 1} or x_{t, 2} or ..., of flags."""

    internal: ClassVar[bool] = True
    sight: ClassVar[Sight] = "step"

    def result(self, x: Type) -> Type:
        return x.with_axes(*x.axes[:-1])
