"""A weight used as a value in an equation."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op
from specc.ir.types import Type


class Parameter(Op):
    """The weight's value; it is the same at every step and for the whole batch."""

    internal: ClassVar[bool] = True

    type: Type

    def result(self) -> Type:
        return self.type
