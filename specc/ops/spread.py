"""A value laid out along axes that another has: one vector beside every step."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.op import Op, Sight
from specc.ir.types import Axis, Type


class Spread(Op):
    """y_tj = v_j, for every step t of x.  v: [e], x: [T, d]; y: [T, e].

    `places` says where the leading axes of v stand among those of x.
    """

    internal: ClassVar[bool] = True

    places: tuple[int, ...]

    @staticmethod
    def of(v: Type, x: Type) -> Spread | None:
        """How one value is laid out along another; None where its axes do not fit."""
        if not v.axes or v.rank >= x.rank:
            return None
        places: list[int] = []
        place = x.rank - 1
        for axis in reversed(v.axes[:-1]):
            place -= 1
            while place >= 0 and x.axes[place].size != axis.size:
                place -= 1
            if place < 0:
                return None
            places.append(place)
        return Spread(places=tuple(reversed(places)))

    def result(self, v: Type, x: Type) -> Type:
        assert Spread.of(v, x) == self, "as found"
        ragged = {
            place
            for place, axis in zip(self.places, v.axes[:-1], strict=True)
            if axis.ragged
        }
        steps = (
            Axis(size=axis.size, ragged=axis.ragged or place in ragged)
            for place, axis in enumerate(x.axes[:-1])
        )
        return Type(dtype="float", axes=(*steps, v.axes[-1]))

    def layout(self, v: Type, x: Type) -> tuple[tuple[int | None, ...], ...]:
        steps = range(x.rank - 1)
        return ((*self.places, x.rank - 1), (*steps, None))

    def sees(self, place: int, output: int) -> Sight:
        return "unfold" if place else "number"
