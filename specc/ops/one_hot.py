"""`one_hot`: ids to vectors that are 1 in one place."""

from __future__ import annotations

from specc.ir.op import Op
from specc.ir.types import Type, features
from specc.ops._ids import id_bound


class OneHot(Op):
    """y_i = 1 where i is the id, else 0; the ids' bound is the width.

    An id outside its bound gives NaN in every place.
    """

    def result(self, ids: Type) -> Type:
        return Type(dtype="float", axes=(*ids.axes, features(id_bound(self, ids))))
