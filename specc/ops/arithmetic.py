"""`+ - * / **`, `min`, `max`: arithmetic on two values, element by element."""

from __future__ import annotations

from typing import ClassVar, Literal

from specc.diagnostics.codes import LOST_MASK, SIZE_MISMATCH
from specc.ir.op import IllTyped, Op, Sight
from specc.ir.types import Axis, Type
from specc.ops._sequence import need_float

Operator = Literal["+", "-", "*", "/", "**", "min", "max"]


class Arithmetic(Op):
    """y = a op b

    The axes of one side contain those of the other. Axes meet by their size: a length
    meets the same length, `[T, d]` meets `[T]` and `[d]`. A size of one is a size like
    any other and meets nothing else. A number fits any type.

    Mask: a step counts where it counts on both sides.
    Example: (a: float[T, 2] ragged, b: float[T]) -> y: float[T, 2] { 1 - 2 * a * b }
    """

    internal: ClassVar[bool] = True
    sight: ClassVar[Sight] = "number"

    operator: Operator
    left: tuple[int, ...] | None = None
    right: tuple[int, ...] | None = None
    """Where the axes of a and b stand in the result; None where they are the last."""

    @staticmethod
    def of(operator: Operator, a: Type, b: Type) -> Arithmetic:
        """The operation on two types; `IllTyped` where they do not meet."""
        wide, narrow = (a, b) if a.rank >= b.rank else (b, a)
        places = _places(narrow, wide)
        if places is None:
            raise IllTyped(
                SIZE_MISMATCH,
                f"`{operator}` cannot bring `{a}` and `{b}` together",
                label=f"`{a}` {operator} `{b}`",
                help="the axes of one side must contain those of the other",
            )
        trailing = tuple(range(wide.rank - narrow.rank, wide.rank))
        given = None if places == trailing else places
        if narrow is a:
            return Arithmetic(operator=operator, left=given)
        return Arithmetic(operator=operator, right=given)

    def result(self, a: Type, b: Type) -> Type:
        need_float(self.operator, a)
        need_float(self.operator, b)
        meant = Arithmetic.of(self.operator, a, b)
        assert (meant.left, meant.right) == (self.left, self.right), "axes as found"
        wide, narrow = (a, b) if a.rank >= b.rank else (b, a)
        ragged = set()
        for place, axis in zip(_places(narrow, wide) or (), narrow.axes, strict=True):
            if axis.ragged:
                ragged.add(place)
        if ragged - {0}:
            raise IllTyped(
                LOST_MASK,
                f"`{self.operator}` would lose the mask of `{narrow}`: "
                f"its time axis is not the first one of `{wide}`",
            )
        axes = (
            Axis(size=axis.size, ragged=axis.ragged or place in ragged)
            for place, axis in enumerate(wide.axes)
        )
        return Type(dtype="float", axes=tuple(axes))

    def keeps(self, place: int, axis: int, given: Type, result: Type) -> int:
        places = self.right if place else self.left
        return result.rank - given.rank + axis if places is None else places[axis]

    def word(self) -> str:
        return self.operator


def _places(narrow: Type, wide: Type) -> tuple[int, ...] | None:
    """Where the axes of one type stand among those of another, the last ones first."""
    places: list[int] = []
    place = wide.rank
    for axis in reversed(narrow.axes):
        place -= 1
        while place >= 0 and wide.axes[place].size != axis.size:
            place -= 1
        if place < 0:
            return None
        places.append(place)
    return tuple(reversed(places))
