"""`softmax`: positive numbers that sum to one, along an axis."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from specc.diagnostics.codes import NO_FEATURES, USELESS_SOFTMAX
from specc.ir.op import IllTyped, Op, Sight
from specc.ir.size import Size
from specc.ir.types import Type
from specc.ops._axis import place_of
from specc.ops._sequence import need_float


class Softmax(Op):
    """y_i = e^{x_i} / sum_j e^{x_j}, over the axis named, or the last one.

    Mask: kept. Steps that do not count are left out of the sum and give 0.
    Example: (x: float[T, 2] ragged) -> y: float[T, 2] { x -> softmax }
    """

    uses_mask: ClassVar[bool] = True
    takes_unbatched: ClassVar[bool] = True

    axis: int | None = None

    def along(self, axis: Size, *inputs: Type) -> Softmax:
        return replace(self, axis=place_of(self.name(), inputs[0], axis))

    def place(self, x: Type) -> int:
        """The axis it goes along."""
        return x.rank - 1 if self.axis is None else self.axis

    def sees(self, place: int, output: int) -> Sight | int:
        return "step" if self.axis is None else self.axis

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        if not x.axes:
            raise IllTyped(
                NO_FEATURES,
                f"`{self.name()}` works on the last axis, but `{x}` has no axis",
                label=f"this is `{x}`",
            )
        if x.axes[self.place(x)].size.fixed == 1:
            raise IllTyped(
                USELESS_SOFTMAX,
                f"`{self.name()}` over one element is the same for every input",
                label=f"this is `{x}`",
                help="use `sigmoid` for one probability",
            )
        return x

    def reads(self, x: Type) -> tuple[bool, ...]:
        return (x.axes[self.place(x)].ragged,)
