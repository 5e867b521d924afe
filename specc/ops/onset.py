"""`feedback(n) { ... }`: n steps from one vector, each from the output before it."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.codes import EXTRA_AXIS
from specc.ir.op import Count, IllTyped, Op
from specc.ir.types import Type, features
from specc.ops._sequence import fixed_features, need_float


class Onset(Op):
    """z_t = body(y_{t-1}, states), y_{-1} = x, y_t = z_t for 0 <= t < n.

    x: [features], y: [n, features]. The body in braces keeps the width; it may hold
    recurrent layers, which keep their states from step to step.

    Mask: refused: it starts from one vector, which has no time axis.
    Example: (theme: float[4]) -> notes: float[8, 4] {
    theme -> feedback(8) { gru(6) -> dense(4, tanh) } }
    """

    # The op gives what is added to the output before: x at the first step, then zeros.
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
