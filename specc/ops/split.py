"""`split(n)`, `split(2, 6)`: the features taken apart."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.codes import NOT_DIVISIBLE, SIZE_MISMATCH, WRONG_OPTION
from specc.ir.op import Count, IllTyped, Op, Sight
from specc.ir.types import Type
from specc.ops._sequence import fixed_features, need_float


class Split(Op):
    """a, b, ... = the features of x in parts that lie side by side

    One number says how many parts of one width, several say how wide each part is.
    x: [.., sum of the widths], a: [.., first width], and so on.

    Mask: each part keeps that of x.
    Example: (x: float[T, 4]) -> a: float[T, 1], b: float[T, 3] { x -> split(1, 3) }
    """

    sight: ClassVar[Sight] = "step"

    sizes: tuple[Count, ...]

    def widths(self, x: Type) -> tuple[int, ...]:
        """How many features each part has; `IllTyped` where they do not fit."""
        need_float(self.name(), x)
        width = fixed_features(self.name(), x)
        if len(self.sizes) > 1:
            self._check_sum(x, width)
            return self.sizes
        (parts,) = self.sizes
        if parts == 1:
            raise IllTyped(
                WRONG_OPTION,
                "`split(1)` leaves its value as it is",
                help="say into how many parts, or how wide each is: `split(2, 6)`",
            )
        if width % parts:
            raise IllTyped(
                NOT_DIVISIBLE,
                f"{width} features cannot be split into {parts} parts of one width",
                label=f"this is `{x}`",
                help="say how wide each part is: "
                f"`split({width // parts or 1}, {width - (width // parts or 1)})`",
            )
        return (width // parts,) * parts

    def _check_sum(self, x: Type, width: int) -> None:
        if sum(self.sizes) == width:
            return
        raise IllTyped(
            SIZE_MISMATCH,
            f"the parts have {sum(self.sizes):,} features in all, `{x}` has {width:,}",
            label=f"this is `{x}`",
            help="the widths of the parts add up to that of the whole",
        )

    def result(self, x: Type) -> tuple[Type, ...]:
        return tuple(x.with_last(width) for width in self.widths(x))
