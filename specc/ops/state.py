"""A state of a cell, as it stands before the step."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op
from specc.ir.types import Type


class State(Op):
    """The state's value before this step."""

    internal: ClassVar[bool] = True

    type: Type

    def result(self) -> Type:
        return self.type
