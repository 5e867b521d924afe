"""A number written in an equation."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op
from specc.ir.types import Type


class Number(Op):
    """A constant; it fits any type it meets."""

    internal: ClassVar[bool] = True

    value: float

    def result(self) -> Type:
        return Type(dtype="float", unbatched=True)
