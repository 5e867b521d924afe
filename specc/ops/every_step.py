"""The mask of a value without one, for where another has one: every step counts."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op
from specc.ir.types import Axis, Type


class EveryStep(Op):
    """y_t = true.  `axes`: how many of the first axes of x it has."""

    internal: ClassVar[bool] = True

    axes: int

    def result(self, x: Type) -> Type:
        axes = (Axis(size=axis.size) for axis in x.axes[: self.axes])
        return Type(dtype="bool", axes=tuple(axes))
