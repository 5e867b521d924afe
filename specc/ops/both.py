"""The mask of a merged value: a step counts where it does in both."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Type


class Both(Op):
    """y = a and b, of two masks."""

    internal: ClassVar[bool] = True
    sight: ClassVar[Sight] = "number"

    def result(self, a: Type, b: Type) -> Type:
        return a
