"""The mask of a windowed sequence: a step counts where its whole window does."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Count, Op
from specc.ir.types import Axis, Type


class WindowMask(Op):
    """y_t = x_{s t} and ... and x_{s t + kernel - 1}, of flags along time."""

    internal: ClassVar[bool] = True

    kernel: Count
    stride: Count = 1

    def result(self, x: Type) -> Type:
        length = (x.axes[0].size - self.kernel) // self.stride + 1
        return x.with_axes(Axis(size=length))
