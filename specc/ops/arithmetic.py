"""`+ - * / **`, `min`, `max`: arithmetic on two values, element by element."""

from __future__ import annotations

from typing import ClassVar, Literal

from specc.diagnostics.codes import SIZE_MISMATCH
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
    takes_unbatched: ClassVar[bool] = True
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
                help=_hint(a, b),
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
        ragged = {
            place
            for places, x in zip(self.layout(a, b), (a, b), strict=True)
            for place, axis in zip(places, x.axes, strict=True)
            if axis.ragged
        }
        wide = a if a.rank >= b.rank else b
        axes = (
            Axis(size=axis.size, ragged=place in ragged)
            for place, axis in enumerate(wide.axes)
        )
        return Type(
            dtype="float", axes=tuple(axes), unbatched=a.unbatched and b.unbatched
        )

    def layout(self, a: Type, b: Type) -> tuple[tuple[int, ...], ...]:
        rank = max(a.rank, b.rank)
        given = ((a, self.left), (b, self.right))
        return tuple(
            tuple(range(rank - x.rank, rank)) if places is None else places
            for x, places in given
        )

    def word(self) -> str:
        return self.operator


def _hint(a: Type, b: Type) -> str:
    sequences = a.rank == b.rank == 2 and a.last == b.last
    if sequences and (a.axes[0].size.terms or b.axes[0].size.terms):
        return "lay two sequences out over the steps of both: `h, u = pair(a, b)`"
    return "the axes of one side must contain those of the other"


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
