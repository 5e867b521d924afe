"""`one_hot`: ids, or flags, to vectors that are 1 in one place."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Type, features
from specc.ops._ids import id_bound

FLAGS = 2
"""A flag is set or not."""


class OneHot(Op):
    """y_i = 1 where i is the id, else y_i = 0.

    As wide as the bound of the ids' type. An id outside it gives NaN in every place. A
    flag is 0 or 1: [1, 0] where it is not set, [0, 1] where it is.

    Mask: kept; with `pad` in the ids' type, a step counts where the id is another.
    Example: (ids: int[T] < 4 pad 0) -> y: float[T, 4] { ids -> one_hot }
    """

    sight: ClassVar[Sight] = "number"

    def result(self, ids: Type) -> Type:
        width = FLAGS if ids.dtype == "bool" else id_bound(self, ids)
        return Type(dtype="float", axes=(*ids.axes, features(width)))
