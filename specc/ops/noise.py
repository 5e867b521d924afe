"""`noise(stddev)`: add random numbers while training."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from specc.ir.op import Op
from specc.ir.types import Type
from specc.ops._sequence import need_float


class Noise(Op):
    """y = x + stddev e while training, every e from the normal distribution; else x.

    Source: Bishop 1995.
    """

    stddev: Annotated[float, Meta(ge=0, le=1e6)]

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        return x
