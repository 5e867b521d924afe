"""A vector at the first of n steps, and zeros after it: where feedback begins."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.codes import EXTRA_AXIS
from specc.ir.op import Count, IllTyped, Op
from specc.ir.types import Type, features
from specc.ops._sequence import fixed_features, need_float


class Onset(Op):
    """y_0 = x, and y_t = 0 for 0 < t < n.  x: [features], y: [n, features]."""

    internal: ClassVar[bool] = True

    n: Count

    def result(self, x: Type) -> Type:
        need_float("feedback", x)
        size = fixed_features("feedback", x)
        if x.rank > 1:
            raise IllTyped(
                EXTRA_AXIS,
                f"`feedback` starts from one vector, but `{x}` has {x.rank} axes",
                label=f"this is `{x}`",
                help="reduce the time axis first, with `mean`, `max` or `last`",
            )
        return x.with_axes(features(self.n), features(size))
