"""`W @ x`: a sum over the last axis of both sides."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.codes import SIZE_MISMATCH
from specc.ir.amount import Amount, elements
from specc.ir.op import IllTyped, Op, Sight
from specc.ir.types import Type
from specc.ops._sequence import need_float


class Product(Op):
    """y_ik = sum_j a_ij b_kj.  a: [..., in], b: [..., in]; y: the other axes of both.

    In most cells a is a matrix [out, in] and b a vector [in]; y: [out].
    """

    internal: ClassVar[bool] = True
    sight: ClassVar[Sight] = "step"

    def result(self, a: Type, b: Type) -> Type:
        need_float(self.name(), a)
        need_float(self.name(), b)
        if not a.axes or not b.axes or a.last != b.last:
            raise IllTyped(
                SIZE_MISMATCH,
                f"`@` sums over the last axis of both sides, found `{a}` and `{b}`",
                label=f"`{a}` @ `{b}`",
            )
        return a.with_axes(*a.axes[:-1], *b.axes[:-1])

    def multiply_adds(self, a: Type, b: Type) -> Amount:
        """For each number of the result, a sum over the last axis."""
        return elements(self.result(a, b)) * a.last
