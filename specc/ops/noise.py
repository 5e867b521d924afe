"""`noise(stddev)`: add random numbers while training."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from specc.ir.op import Op, Sight
from specc.ir.types import Type
from specc.ops._sequence import need_float


class Noise(Op):
    """y = x + stddev e while training, else y = x.

    Every e is drawn from the normal distribution.

    Mask: kept.
    Source: Bishop 1995.
    Example: (x: float[T, 2] ragged) -> y: float[T, 2] { x -> noise(0.1) }
    """

    sight: ClassVar[Sight] = "number"

    stddev: Annotated[float, Meta(ge=0, le=1e6)]

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        return x
