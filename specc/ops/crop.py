"""`crop(start, stop)`: leave out steps, or the borders of an image."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from specc.diagnostics.codes import LOST_MASK, OPEN_SIZE, TOO_SHORT
from specc.ir.op import UNIT_LIMIT, IllTyped, Op
from specc.ir.types import Axis, Type
from specc.ops._sequence import is_image, need_time_or_image

Dropped = Annotated[int, Meta(ge=0, le=UNIT_LIMIT)]


class Crop(Op):
    """y_t = x_{start + t}, without the last `stop` steps.

    Where padding ends and so where the end of a row is differs from row to row, so
    steps at the end can be left out of sequences of fixed length only. Over an image
    y_ij = x_{start + i, start + j}, on both axes without the last `stop`.

    Mask: cropped along; `stop` over a ragged axis is refused.
    Example: (x: float[T, 1] ragged) -> y: float[T - 1, 1] { x -> crop(1) }
    """

    start: Dropped
    stop: Dropped = 0

    def result(self, x: Type) -> Type:
        need_time_or_image(self.name(), x)
        over = 2 if is_image(x) else 1
        steps = tuple(self._cropped(x, axis) for axis in x.axes[:over])
        return x.with_axes(*steps, *x.axes[over:])

    def mask(self, x: Type) -> Op | None:
        return self

    def _cropped(self, x: Type, axis: Axis) -> Axis:
        if self.stop and (axis.ragged or axis.size.fixed is None):
            what = "ragged" if axis.ragged else "open"
            raise IllTyped(
                LOST_MASK if axis.ragged else OPEN_SIZE,
                f"`crop` leaves out steps at the end of a fixed length only, "
                f"but `{axis}` is {what}",
                label=f"this is `{x}`",
                help="leave `stop` out; to leave out the last steps instead of the "
                "first, `reverse` before and after",
            )
        size = axis.size - (self.start + self.stop)
        if size.fixed is not None and size.fixed < 1:
            raise IllTyped(
                TOO_SHORT,
                f"`crop` leaves out {self.start + self.stop} steps of {axis.size}",
                label=f"this is `{x}`",
                help="leave out fewer",
            )
        return Axis(size=size, ragged=axis.ragged)
