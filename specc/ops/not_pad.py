"""The mask of ids: a step counts where the id is not the padding id."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Axis, Type


class NotPad(Op):
    """y_t = (id_t != pad)."""

    internal: ClassVar[bool] = True
    sight: ClassVar[Sight] = "number"

    pad: int

    def result(self, ids: Type) -> Type:
        return Type(dtype="bool", axes=tuple(Axis(size=a.size) for a in ids.axes))
