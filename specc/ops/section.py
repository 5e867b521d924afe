"""`a` of a cell that reads `a` and `b`: some of the numbers of a vector."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op
from specc.ir.types import Type


class Section(Op):
    """y_i = x_{start + i} for i below size; without a size, the number x_start."""

    internal: ClassVar[bool] = True

    start: int
    size: int | None = None

    def result(self, x: Type) -> Type:
        assert self.stop <= x.last.at({}), "a part of what flows in"
        return x.with_axes() if self.size is None else x.with_last(self.size)

    @property
    def stop(self) -> int:
        return self.start + (self.size or 1)
