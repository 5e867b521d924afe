"""Steps to rows: the first axis joins the batch, so that what follows sees one step."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.codes import SIZE_MISMATCH
from specc.ir.op import IllTyped, Op
from specc.ir.size import Size
from specc.ir.types import Type


class Fold(Op):
    """y_{b T + t} = x_{b, t}: every step of the first axis becomes a row of its own."""

    internal: ClassVar[bool] = True

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
