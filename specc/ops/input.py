"""A value from outside: a model's input, or its mask."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op
from specc.ir.types import Type


class Input(Op):
    """A value the caller gives, of the declared type."""

    internal: ClassVar[bool] = True

    type: Type

    def result(self) -> Type:
        return self.type
