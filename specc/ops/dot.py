"""`dot(a, b)`: the inner product over the last axis."""

from __future__ import annotations

from specc.diagnostics.codes import SIZE_MISMATCH
from specc.ir.amount import Amount, elements
from specc.ir.op import IllTyped, Op
from specc.ir.types import Type
from specc.ops._merge import aligned, need_several
from specc.ops._sequence import fixed_features


class Dot(Op):
    """y = sum_i a_i b_i, over the last axis."""

    def result(self, a: Type, b: Type) -> Type:
        need_several(self, (a, b))
        if fixed_features(self.name(), a) != fixed_features(self.name(), b):
            raise IllTyped(
                SIZE_MISMATCH,
                f"`dot` needs the same number of features, found `{a}` and `{b}`",
                label=f"{a.last} against {b.last}",
                help="bring them to one width with `dense`",
            )
        return Type(dtype="float", axes=aligned(self, (a, b), -1))

    def multiply_adds(self, a: Type, b: Type) -> Amount:
        """A product for each number of an input."""
        return elements(a)
