"""`concat`: several values side by side, or one after the other."""

from __future__ import annotations

from typing import Literal

from specc.diagnostics.codes import (
    EXTRA_AXIS,
    LOST_MASK,
    NO_TIME_AXIS,
    SIZE_MISMATCH,
    TOO_LARGE,
    WRONG_DTYPE,
)
from specc.ir.op import UNIT_LIMIT, IllTyped, Op, Sight
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.ops._merge import aligned, need_several
from specc.ops._sequence import fixed_features, is_time, joined_features


class Concat(Op):
    """y = [a, b, ...] along the features, or along an axis of steps.

    a: [.., m], b: [.., n], y: [.., m + n]; the other axes are the same. Along time a:
    [T, m], b: [S, m], y: [T + S, m], and a plain [m] is one step. `axis`: `features`,
    `time` for the first axis, or an axis by its length. Along time a part begins where
    the one before ends in its row, after its last step that counts: padding comes last.

    Mask: side by side, a step counts where it counts in all of the values; along time
    where it does in its part, and every step of a part without a mask counts.
    Example: (a: float[T, 2] ragged, b: float[T, 1]) -> y: float[T, 3] { concat(a, b) }
    """

    axis: Literal["features", "time"] | int = "features"

    def sees(self, place: int, output: int) -> Sight:
        return "step" if self.place is None else "all"

    def result(self, *inputs: Type) -> Type:
        place = self.place
        if place is None:
            need_several(self, inputs)
            width = sum(fixed_features(self.name(), x) for x in inputs)
            axes = aligned(self, inputs, -1)
            return Type(dtype="float", axes=(*axes, joined_features("concat", width)))
        first = inputs[0]
        for x in inputs[1:]:
            _need_one_kind(first, x)
        if self.axis == "time":
            _need_time(inputs, _widest(inputs))
        columns = zip(*self._parts(inputs, place), strict=True)
        pads = {x.pad for x in inputs}
        return Type(
            dtype=first.dtype,
            axes=tuple(
                Axis(
                    size=_total(column) if at == place else column[0].size,
                    ragged=any(axis.ragged for axis in column),
                )
                for at, column in enumerate(columns)
            ),
            bound=first.bound,
            pad=pads.pop() if len(pads) == 1 else None,
        )

    def along(self, axis: Size, *inputs: Type) -> Concat:
        for x in inputs[1:]:
            _need_one_kind(inputs[0], x)
        wide = _widest(inputs)
        found = {at for x in wide for at, a in enumerate(x.axes) if a.size == axis}
        if len(found) == 1:
            return Concat(axis=found.pop())
        what = f"has the axis `{axis}` at several places of"
        if not found:
            what = f"needs an axis of `{axis}`, found"
        raise IllTyped(
            EXTRA_AXIS if found else NO_TIME_AXIS,
            f"`concat({axis})` {what} {_listed(inputs)}",
            help="`concat(time)` joins along the first axis",
        )

    def joins_masks(self, *inputs: Type) -> bool:
        """Whether they are joined along an axis that their masks have too."""
        return self.place == 0 and any(x.ragged for x in inputs)

    def closes_up(self, *inputs: Type) -> bool:
        """Whether padding may stand between the parts."""
        return self.place == 0 and any(x.ragged for x in inputs[:-1])

    @property
    def place(self) -> int | None:
        """Which axis of steps they are joined along; None along the features."""
        if isinstance(self.axis, int):
            return self.axis
        return 0 if self.axis == "time" else None

    def word(self) -> str:
        return "concat(time)" if self.axis == "time" else "concat"

    def _parts(self, inputs: tuple[Type, ...], place: int) -> list[tuple[Axis, ...]]:
        """The axes of every value, the axis of one step where it has none there."""
        rank = max(x.rank for x in inputs)
        one = (Axis(size=Size(1)),)
        parts = [one + x.axes if x.rank < rank else x.axes for x in inputs]
        rests = [
            [axis.size for at, axis in enumerate(part) if at != place] for part in parts
        ]
        for x, rest in zip(inputs, rests, strict=True):
            if rest != rests[0] or (x.rank < rank and place > 0):
                raise IllTyped(
                    SIZE_MISMATCH,
                    f"`{self.word()}` cannot join `{inputs[0]}` and `{x}`",
                    help="all axes but the one they are joined along must agree",
                )
            if place > 0 and any(axis.ragged for axis in x.axes[place:]):
                raise IllTyped(
                    LOST_MASK,
                    f"`{self.word()}` would lose the mask of `{x}`",
                    label=f"this is `{x}`",
                    help="ragged axes are joined along the first axis only, with "
                    "`concat(time)`",
                )
        if place == 0:
            _need_one_mask(inputs, parts)
        return parts


def _widest(inputs: tuple[Type, ...]) -> list[Type]:
    """The values that have the axis they are joined along; others are one step."""
    rank = max(x.rank for x in inputs)
    return [x for x in inputs if x.rank == rank]


def _need_one_mask(inputs: tuple[Type, ...], parts: list[tuple[Axis, ...]]) -> None:
    """Refuse parts of which one has padding in axes where another has none."""
    masked = [
        (x, max(at for at, axis in enumerate(part) if axis.ragged))
        for x, part in zip(inputs, parts, strict=True)
        if x.ragged
    ]
    for x, last in masked[1:]:
        if last != masked[0][1]:
            raise IllTyped(
                LOST_MASK,
                f"`concat` cannot join the masks of `{masked[0][0]}` and `{x}`: "
                "they are for other axes",
                help="reduce the inner ragged axis first, within `over`",
            )


def _need_one_kind(first: Type, x: Type) -> None:
    """Refuse parts of which one cannot stand where the other does."""
    if x.dtype == first.dtype and x.bound == first.bound:
        return
    ids = "int" in (first.dtype, x.dtype)
    raise IllTyped(
        WRONG_DTYPE,
        f"`concat` joins values of one kind, found `{first}` and `{x}`",
        help="turn ids into vectors with `embed(dim)` first" if ids else None,
    )


def _need_time(inputs: tuple[Type, ...], wide: list[Type]) -> None:
    """Refuse vectors alone: nothing says whether each is a step or a sequence."""
    if wide[0].rank > 1 or any(x.axes and is_time(x) for x in wide):
        return
    if wide[0].rank == 1 and wide[0].dtype != "float":
        return
    help = "write one number as `float[1]`"
    if wide[0].rank == 1:
        help = f"make each vector one step first: `reshape(1, {wide[0].last})`"
    raise IllTyped(
        NO_TIME_AXIS,
        f"`concat(time)` joins sequences, found {_listed(inputs)}",
        help=help,
    )


def _total(column: tuple[Axis, ...]) -> Size:
    total = Size(0)
    for axis in column:
        total = total + axis.size
    largest = max([total.constant, *(factor for _, factor in total.terms)])
    if largest > UNIT_LIMIT:
        raise IllTyped(
            TOO_LARGE,
            f"`concat` gives at most {UNIT_LIMIT:,} steps, found {largest:,}",
        )
    return total


def _listed(inputs: tuple[Type, ...]) -> str:
    return " and ".join(f"`{x}`" for x in inputs)
