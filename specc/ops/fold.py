"""`over T { ... }`: a body applied to every step of an axis by itself."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.codes import SIZE_MISMATCH
from specc.ir.op import IllTyped, Op, Sight
from specc.ir.size import Size
from specc.ir.types import Type


class Fold(Op):
    """y_{b T + t} = x_{b, t}, then the body, then back to rows of T steps.

    Every step of the first axis becomes a row of its own, so that the body sees one
    step as an example of its own: the characters of one word, the words of one
    sentence.

    Mask: that of the first axis comes back with the steps; within the body, values have
    the mask of their own axis. A step that does not count is computed and ignored.
    Example: (x: float[T, C, 2] ragged) -> y: float[T, 2] { x -> over T { max } }
    """

    internal: ClassVar[bool] = True
    sight: ClassVar[Sight] = "fold"

    axis: Size

    def result(self, x: Type) -> Type:
        if not x.axes or x.axes[0].size != self.axis:
            raise IllTyped(
                SIZE_MISMATCH,
                f"`over {self.axis}` needs values whose first axis is `{self.axis}`, "
                f"found `{x}`",
                label=f"this is `{x}`",
            )
        return x.with_axes(*x.axes[1:])

    def mask(self, x: Type) -> Op | None:
        return Fold(axis=self.axis)

    def word(self) -> str:
        return f"over {self.axis}"
