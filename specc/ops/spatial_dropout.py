"""`spatial_dropout(p)`: drop whole features at random while training."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Rate, Sight
from specc.ir.types import Type
from specc.ops._sequence import need_steps_or_image


class SpatialDropout(Op):
    """y_t = x_t m / (1 - p) while training, else y = x.

    One m per feature, drawn from {0, 1} with P(m = 0) = p, serves all steps, or all
    places of an image.

    Mask: kept.
    Source: Tompson et al. 2015.
    Example: (x: float[T, 2] ragged) -> y: float[T, 2] { x -> spatial_dropout(0.5) }
    """

    sight: ClassVar[Sight] = "number"

    p: Rate

    def result(self, x: Type) -> Type:
        need_steps_or_image(self.name(), x)
        return x
