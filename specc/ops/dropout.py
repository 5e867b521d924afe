"""`dropout(p)`: drop numbers at random while training."""

from __future__ import annotations

from typing import ClassVar, Literal

from specc.diagnostics.codes import NO_TIME_AXIS
from specc.ir.op import IllTyped, Op, Rate, Sight
from specc.ir.types import Type
from specc.ops._sequence import need_float


class Dropout(Op):
    """y = x m / (1 - p) while training, else y = x.

    Every m is drawn from {0, 1} with P(m = 0) = p. With `shared = time` one m per
    feature serves all steps (Gal and Ghahramani 2016).

    Mask: kept.
    Source: Srivastava et al. 2014, in the inverted form.
    Example: (x: float[T, 2] ragged) -> y: float[T, 2] { x -> dropout(0.5) }
    """

    sight: ClassVar[Sight] = "number"

    p: Rate
    shared: Literal["time"] | None = None

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        if self.shared and x.rank < 2:
            raise IllTyped(
                NO_TIME_AXIS,
                f"`shared = time` needs a time axis, but `{x}` has none",
                label=f"this is `{x}`",
                help="leave `shared = time` out",
            )
        return x
