"""`embed(dim)`: ids to vectors."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from specc.diagnostics.codes import WRONG_OPTION
from specc.ir.amount import Amount
from specc.ir.op import Count, IllTyped, Kerneled, Sight
from specc.ir.types import Type, features
from specc.ir.weights import Weight
from specc.ops._ids import id_bound


class Embed(Kerneled):
    """y = table[id]

    table: [vocabulary, dim]; the vocabulary is the bound of the ids' type. An id
    outside it gives NaN. With `from = "vectors.txt"` the table is read from a text file
    of vectors when weights are made: line k holds a word and the vector of id k.

    Mask: kept; with `pad` in the ids' type, a step counts where the id is another.
    Example: (ids: int[T] < 9 pad 0) -> y: float[T, 4] { ids -> embed(4) }
    """

    spelling: ClassVar[dict[str, str]] = {"source": "from"}
    sight: ClassVar[Sight] = "number"

    dim: Count
    source: str | None = None

    def result(self, ids: Type) -> Type:
        id_bound(self, ids)
        if self.source is not None and self.kernel is not None:
            raise IllTyped(
                WRONG_OPTION,
                "a table `from` a file has no use for an initialiser",
                help="leave `kernel` out",
            )
        return Type(dtype="float", axes=(*ids.axes, features(self.dim)))

    def weights(self, ids: Type) -> tuple[Weight, ...]:
        shape = (id_bound(self, ids), self.dim)
        table = self.weight("table", shape, "table", "uniform", shape)
        return (replace(table, file=self.source),)

    def multiply_adds(self, ids: Type) -> Amount:
        """None: rows are looked up."""
        return Amount()
