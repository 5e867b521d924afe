"""`spatial_dropout(p)`: drop whole features at random while training."""

from __future__ import annotations

from specc.ir.op import Op, Rate
from specc.ir.types import Type
from specc.ops._sequence import need_steps_or_image


class SpatialDropout(Op):
    """y_t = x_t m / (1 - p) while training, one m in {0, 1} per feature; else x.

    The same over an image: a feature is dropped at all of its places.

    Source: Tompson et al. 2015.
    """

    p: Rate

    def result(self, x: Type) -> Type:
        need_steps_or_image(self.name(), x)
        return x
