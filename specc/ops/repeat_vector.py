"""`repeat_vector(n)`: a vector at each of n steps."""

from __future__ import annotations

from specc.diagnostics.codes import EXTRA_AXIS
from specc.ir.op import Count, IllTyped, Op
from specc.ir.types import Type, features
from specc.ops._sequence import fixed_features, need_float


class RepeatVector(Op):
    """y_t = x for every t < n

    x: [features], y: [n, features].

    Mask: none; a vector has no steps.
    Example: (x: float[2]) -> y: float[3, 2] { x -> repeat_vector(3) }
    """

    n: Count

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        size = fixed_features(self.name(), x)
        if x.rank > 1:
            raise IllTyped(
                EXTRA_AXIS,
                f"`repeat_vector` repeats one vector, but `{x}` has {x.rank} axes",
                label=f"this is `{x}`",
                help="use `upsample(n)` to repeat every step, or reduce the time axis "
                "first, with `mean`, `max` or `last`",
            )
        return x.with_axes(features(self.n), features(size))
