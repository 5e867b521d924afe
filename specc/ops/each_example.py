"""A value that is the same for every example, once for each of them."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from specc.ir.op import Op
from specc.ir.types import Type


class EachExample(Op):
    """y_b = w, for every example b of a value like `x`."""

    internal: ClassVar[bool] = True
    takes_unbatched: ClassVar[bool] = True

    def result(self, w: Type, like: Type) -> Type:
        assert w.unbatched and not like.unbatched, "from none to the examples there are"
        return replace(w, unbatched=False)
