"""`flatten`: all axes into one."""

from __future__ import annotations

import math

from specc.ir.op import Op
from specc.ir.types import Type
from specc.ops._sequence import fixed_sizes, joined_features, need_float


class Flatten(Op):
    """y = all numbers of x in one axis, the last axis fastest.

    Mask: refused: padding would count.
    Example: (x: float[2, 3]) -> y: float[6] { x -> flatten }
    """

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        size = math.prod(fixed_sizes(self.name(), x))
        return x.with_axes(joined_features(self.name(), size))
