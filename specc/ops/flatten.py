"""`flatten`: all axes into one."""

from __future__ import annotations

import math

from specc.diagnostics.codes import LOST_MASK, OPEN_SIZE
from specc.ir.op import IllTyped, Op
from specc.ir.types import Type
from specc.ops._sequence import joined_features, need_float


class Flatten(Op):
    """y = all numbers of x in one axis, the last axis fastest."""

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        if x.ragged:
            raise IllTyped(
                LOST_MASK,
                f"`flatten` would lose the mask of `{x}`: padding would count",
                label=f"this is `{x}`",
                help="reduce the ragged axis first, with `mean`, `max` or `last`",
            )
        sizes = [axis.size.fixed for axis in x.axes]
        known = [size for size in sizes if size is not None]
        if len(known) < len(sizes):
            raise IllTyped(
                OPEN_SIZE,
                f"`flatten` needs fixed sizes, found `{x}`",
                label=f"this is `{x}`",
                help="give the axis a number in the input's type, as in `int[120]`",
            )
        return x.with_axes(joined_features(self.name(), math.prod(known)))
