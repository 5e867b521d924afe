"""`+ - * / **` and `min`, `max` of two values, element by element."""

from __future__ import annotations

from typing import ClassVar, Literal

from specc.diagnostics.codes import SIZE_MISMATCH
from specc.ir.op import IllTyped, Op
from specc.ir.types import Type
from specc.ops._sequence import need_float

Operator = Literal["+", "-", "*", "/", "**", "min", "max"]


class Arithmetic(Op):
    """y = a op b. A number without axes meets a value of any axes."""

    internal: ClassVar[bool] = True

    operator: Operator

    def result(self, a: Type, b: Type) -> Type:
        need_float(self.name(), a)
        need_float(self.name(), b)
        if not a.axes or a.axes == b.axes:
            return b
        if not b.axes:
            return a
        raise IllTyped(
            SIZE_MISMATCH,
            f"`{a}` and `{b}` have different axes",
            label=f"`{a}` {self.operator} `{b}`",
        )
