"""The mask of a value laid out over two axes of steps: both of its steps count."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Type


class OuterMask(Op):
    """y_{ts} = a_t and b_s, of flags.

    `left` and `right` say where the axes of a and b stand in the result; an axis that
    stands where one of the other side does is the same axis.
    """

    internal: ClassVar[bool] = True
    sight: ClassVar[Sight] = "number"

    left: tuple[int, ...]
    right: tuple[int, ...]

    def layout(self, a: Type, b: Type) -> tuple[tuple[int, ...], ...]:
        return (self.left, self.right)

    def result(self, a: Type, b: Type) -> Type:
        axes = dict(zip(self.right, b.axes, strict=True))
        axes |= zip(self.left, a.axes, strict=True)
        assert sorted(axes) == list(range(len(axes))), "no axis is left out"
        return a.with_axes(*(axes[place] for place in sorted(axes)))
