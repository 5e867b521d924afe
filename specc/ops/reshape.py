"""`reshape(2, 3, ...)`: the same numbers in other axes."""

from __future__ import annotations

import math

from specc.diagnostics.codes import SIZE_MISMATCH, TOO_LARGE
from specc.ir.op import Count, IllTyped, Op
from specc.ir.types import Type, features
from specc.ops._sequence import fixed_sizes, need_float

MOST_AXES = 6


class Reshape(Op):
    """y = the numbers of x in axes of these sizes, the last axis fastest.

    Mask: refused: padding would count.
    Example: (x: float[6]) -> y: float[3, 2] { x -> reshape(3, 2) }
    """

    sizes: tuple[Count, ...]

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        known = fixed_sizes(self.name(), x)
        if len(self.sizes) > MOST_AXES:
            raise IllTyped(
                TOO_LARGE,
                f"`reshape` makes at most {MOST_AXES} axes, found {len(self.sizes)}",
            )
        found, wanted = math.prod(known), math.prod(self.sizes)
        if found != wanted:
            raise IllTyped(
                SIZE_MISMATCH,
                f"`{x}` holds {found:,} numbers, the new axes {wanted:,}",
                label=f"this is `{x}`",
                help="the sizes multiply to the same number before and after",
            )
        return x.with_axes(*map(features, self.sizes))
