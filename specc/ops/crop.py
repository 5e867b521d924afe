"""`crop(start, stop)`: leave out steps at the start and the end."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from specc.diagnostics.codes import LOST_MASK, OPEN_SIZE, TOO_SHORT
from specc.ir.op import UNIT_LIMIT, IllTyped, Op
from specc.ir.types import Axis, Type
from specc.ops._sequence import need_time

Dropped = Annotated[int, Meta(ge=0, le=UNIT_LIMIT)]


class Crop(Op):
    """y_t = x_{start + t}, without the last `stop` steps. The mask goes along.

    Where padding ends and so where the end of a row is differs from row to row, so
    steps at the end can be left out of sequences of fixed length only.
    """

    start: Dropped
    stop: Dropped = 0

    def result(self, x: Type) -> Type:
        need_time(self.name(), x)
        time = x.axes[0]
        if self.stop and (time.ragged or time.size.fixed is None):
            what = "ragged" if time.ragged else "open"
            raise IllTyped(
                LOST_MASK if time.ragged else OPEN_SIZE,
                f"`crop` leaves out steps at the end of a fixed length only, "
                f"but `{time}` is {what}",
                label=f"this is `{x}`",
                help="leave `stop` out; to leave out the last steps instead of the "
                "first, `reverse` before and after",
            )
        size = time.size - (self.start + self.stop)
        if size.fixed is not None and size.fixed < 1:
            raise IllTyped(
                TOO_SHORT,
                f"`crop` leaves out {self.start + self.stop} steps of {time.size}",
                label=f"this is `{x}`",
                help="leave out fewer",
            )
        return x.with_axes(Axis(size=size, ragged=time.ragged), *x.axes[1:])

    def mask(self, x: Type) -> Op | None:
        return self
