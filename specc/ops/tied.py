"""`tied(table)`: an embedding's table used the other way, as output projection."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.codes import SIZE_MISMATCH
from specc.ir.amount import Amount, elements
from specc.ir.op import IllTyped, Op, Sight
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features, need_float


class Tied(Op):
    """y = h E'

    h: [.., dim], E: [vocabulary, dim] the table of an embedding bound by `let`, y: [..,
    vocabulary]; no bias. Its only weight is the embedding's, counted there.

    Mask: kept; every step is mapped by itself.
    Source: Press and Wolf 2017.
    Example: (ids: int[T] < 9 pad 0) -> y: float[T, 9] {
    let words = embed(4)
    ids -> words -> tied(words) }
    """

    internal: ClassVar[bool] = True
    sight: ClassVar[Sight] = "step"

    embedding: str
    table: Weight

    @classmethod
    def options(cls) -> dict[str, str]:
        """None: whose table it is, the node's name and owner say."""
        return {}

    def result(self, h: Type) -> Type:
        need_float(self.name(), h)
        vocabulary, dim = self.table.shape
        width = fixed_features(self.name(), h)
        if width != dim:
            raise IllTyped(
                SIZE_MISMATCH,
                f"the table of `{self.embedding}` has {dim} features, "
                f"but `{h}` has {width}",
                label=f"{width} against {dim}",
                help=f"bring it to the table's width with `dense({dim})` first",
            )
        return h.with_last(vocabulary)

    def weights(self, h: Type) -> tuple[Weight, ...]:
        return (self.table,)

    def multiply_adds(self, h: Type) -> Amount:
        """Each of the features into each word: [.., dim] to [.., vocabulary]."""
        return elements(h) * self.table.shape[0]
