"""Rows back to steps: what was made of each step stands at its place again."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Type


class Unfold(Op):
    """y_{b, t} = x_{b T + t}; T is the length of the first axis of `before`."""

    internal: ClassVar[bool] = True
    sight: ClassVar[Sight] = "unfold"

    def result(self, x: Type, before: Type) -> Type:
        return x.with_axes(before.axes[0], *x.axes)

    def word(self) -> str:
        return "end of over"
