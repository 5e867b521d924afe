"""`one_hot`: ids to vectors that are 1 in one place."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Type, features
from specc.ops._ids import id_bound


class OneHot(Op):
    """y_i = 1 where i is the id, else y_i = 0.

    As wide as the bound of the ids' type. An id outside it gives NaN in every place.

    Mask: kept; with `pad` in the ids' type, a step counts where the id is another.
    Example: (ids: int[T] < 4 pad 0) -> y: float[T, 4] { ids -> one_hot }
    """

    sight: ClassVar[Sight] = "number"

    def result(self, ids: Type) -> Type:
        return Type(dtype="float", axes=(*ids.axes, features(id_bound(self, ids))))
