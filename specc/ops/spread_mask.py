"""The mask of a value that has axes without padding before the one that has some."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op
from specc.ir.types import Axis, Type


class SpreadMask(Op):
    """y_{ts} = mask_s, for every step t of x.

    `places` says where the axes of the mask stand among those of x.
    """

    internal: ClassVar[bool] = True

    places: tuple[int, ...]

    def result(self, mask: Type, x: Type) -> Type:
        assert list(self.places) == sorted(set(self.places)), "in order"
        kept = x.axes[: self.places[-1] + 1]
        return mask.with_axes(*(Axis(size=axis.size) for axis in kept))
