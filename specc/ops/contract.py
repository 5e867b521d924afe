"""`a @ b`, `contract(a, b, S)`: products summed over an axis of both sides."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.codes import NO_FEATURES, SIZE_MISMATCH
from specc.ir.amount import Amount, elements
from specc.ir.op import IllTyped, Op, Sight
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.ops._sequence import need_float

Places = tuple[int | None, ...]


class Contract(Op):
    """y_{ij..} = sum_s a_{i..s} b_{j..s}.

    `a @ b` sums over the last axis of both; what is left of a comes first, then what is
    left of b. `contract(a, b, S)` sums over `S`, wherever it stands; other axes that
    both have meet, as in arithmetic. A sum over steps leaves out those that do not
    count on either side.

    Mask: that of the axes that are left; masked steps of a summed axis are left out.
    Example: (a: float[T, 2] ragged, b: float[S, 2]) -> y: float[T, S], z: float[T, 2] {
    scores = a @ b
    scores, contract(scores, b, S) }
    """

    internal: ClassVar[bool] = True
    uses_mask: ClassVar[bool] = True
    takes_unbatched: ClassVar[bool] = True
    sight: ClassVar[Sight] = "number"

    left: Places
    right: Places
    """Where the axes of a and b stand in y; None for the one that is summed. Where one
    of each stands in the same place, they are the same axis."""

    @staticmethod
    def last(a: Type, b: Type) -> Contract:
        """`a @ b`, over the last axis of both; a weight's other axes come last."""
        _need_axes("@", a, b)
        if a.last != b.last:
            raise IllTyped(
                SIZE_MISMATCH,
                f"`@` sums over the last axis of both sides, found `{a}` and `{b}`",
                label=f"{a.last} against {b.last}",
                help="`contract(a, b, S)` sums over the axis `S` of both, wherever "
                "it stands",
            )
        i, j = a.rank - 1, b.rank - 1
        if a.unbatched and not b.unbatched:
            return Contract(left=_places(i, j), right=_places(j, 0))
        return Contract(left=_places(i, 0), right=_places(j, i))

    @staticmethod
    def over(a: Type, b: Type, axis: Size) -> Contract:
        """`contract(a, b, axis)`; the other axes of one size meet, from the last on."""
        _need_axes("contract", a, b)
        i, j = (_summed(x, other, axis) for x, other in ((a, b), (b, a)))
        kept = [place for place in range(a.rank) if place != i]
        own = [place for place in range(b.rank) if place != j]
        met: dict[int, int] = {}
        free = len(kept)
        for place in reversed(own):
            same = [
                n for n in range(free) if a.axes[kept[n]].size == b.axes[place].size
            ]
            if same:
                free = met[place] = same[-1]
        new = [place for place in own if place not in met]
        met |= {place: len(kept) + n for n, place in enumerate(new)}
        places = [met[place] for place in own]
        if places != sorted(places):
            raise IllTyped(
                SIZE_MISMATCH,
                f"`contract` of `{a}` and `{b}` would lay their axes out across "
                "each other",
                help="give the sides in the other order, so that the axes of both "
                "stand in one order",
            )
        return Contract(
            left=tuple(
                None if place == i else kept.index(place) for place in range(a.rank)
            ),
            right=tuple(None if place == j else met[place] for place in range(b.rank)),
        )

    def result(self, a: Type, b: Type) -> Type:
        assert len(self.left) == a.rank and len(self.right) == b.rank, "as found"
        need_float(self.word(), a)
        need_float(self.word(), b)
        axes: dict[int, Axis] = {}
        for x, places in ((a, self.left), (b, self.right)):
            for place, axis in zip(places, x.axes, strict=True):
                if place is None:
                    continue
                ragged = axis.ragged or (place in axes and axes[place].ragged)
                axes[place] = Axis(size=axis.size, ragged=ragged)
        return Type(
            dtype="float",
            axes=tuple(axes[place] for place in range(len(axes))),
            unbatched=a.unbatched and b.unbatched,
        )

    def reads(self, a: Type, b: Type) -> tuple[bool, ...]:
        return tuple(self.summed(n, x).ragged for n, x in enumerate((a, b)))

    def layout(self, a: Type, b: Type) -> tuple[Places, ...]:
        return (self.left, self.right)

    def summed(self, side: int, x: Type) -> Axis:
        """The axis of a side that is summed."""
        return x.axes[(self.left, self.right)[side].index(None)]

    def multiply_adds(self, a: Type, b: Type) -> Amount:
        """For each number of the result, a sum over the axis."""
        return elements(self.result(a, b)) * self.summed(0, a).size

    def word(self) -> str:
        return "@" if self.left[-1:] == self.right[-1:] == (None,) else "contract"


def _places(summed: int, start: int) -> Places:
    """All axes but the last in order, from a place on."""
    return (*range(start, start + summed), None)


def _need_axes(layer: str, a: Type, b: Type) -> None:
    for x in (a, b):
        need_float(layer, x)
        if not x.axes:
            raise IllTyped(
                NO_FEATURES,
                f"`{layer}` sums over an axis, but `{x}` has none",
                label=f"this is `{x}`",
                help="`*` multiplies number by number",
            )


def _summed(x: Type, other: Type, axis: Size) -> int:
    places = [place for place, own in enumerate(x.axes) if own.size == axis]
    if places:
        return places[-1]
    both = [f"`{own.size}`" for own in x.axes if own.size in _sizes(other)]
    raise IllTyped(
        SIZE_MISMATCH,
        f"`contract` sums over the axis `{axis}` of both sides, but `{x}` has none",
        label=f"this is `{x}`",
        help=f"both have {' and '.join(both)}" if both else None,
    )


def _sizes(x: Type) -> list[Size]:
    return [axis.size for axis in x.axes]
