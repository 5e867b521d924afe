"""`transpose`: rows become columns."""

from __future__ import annotations

from specc.diagnostics.codes import EXTRA_AXIS, NO_FEATURES
from specc.ir.op import IllTyped, Op
from specc.ir.types import Type, features
from specc.ops._sequence import fixed_sizes, need_float


class Transpose(Op):
    """y_ji = x_ij

    x: [a, b], y: [b, a], both of fixed size.

    Mask: refused: a mask of rows would be one of columns.
    Example: (x: float[2, 3]) -> y: float[3, 2] { x -> transpose }
    """

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        sizes = fixed_sizes(self.name(), x)
        if len(sizes) != 2:
            raise IllTyped(
                EXTRA_AXIS if len(sizes) > 2 else NO_FEATURES,
                f"`transpose` swaps two axes, but `{x}` has {len(sizes)}",
                label=f"this is `{x}`",
                help="bring the value to two axes first, with `reshape`",
            )
        return x.with_axes(*map(features, reversed(sizes)))
