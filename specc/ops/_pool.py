"""What the pooling layers share."""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec.structs import replace

from specc.diagnostics.codes import EXTRA_AXIS, NO_TIME_AXIS
from specc.ir.op import Count, IllTyped, Op, Sight
from specc.ir.size import Size
from specc.ir.types import Type
from specc.ops._axis import layout_without, place_of, without
from specc.ops._sequence import is_time, need_float, need_steps, need_steps_or_image
from specc.ops._window import slide
from specc.ops.window_mask import WindowMask


class Pool(Op):
    """A window over time or an image, per feature.

    Masked steps are not part of any window.
    """

    uses_mask: ClassVar[bool] = True

    size: Count
    stride: Count | None = None
    padding: Literal["valid", "same"] = "valid"

    @property
    def step(self) -> int:
        """The stride: the window's size unless said otherwise."""
        return self.stride or self.size

    def result(self, x: Type) -> Type:
        steps = slide(self, x, self.size, self.step, 1, self.padding)
        return x.with_axes(*steps, x.axes[-1])

    def mask(self, x: Type) -> Op | None:
        if self.padding == "same" or self.size == self.step == 1:
            return None
        return WindowMask(kernel=self.size, stride=self.step)


class Reduction(Op):
    """All steps to one value per feature; masked steps do not count."""

    uses_mask: ClassVar[bool] = True

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        if x.rank == 1 and not is_time(x):
            raise IllTyped(
                NO_TIME_AXIS,
                f"`{self.name()}` runs along a time axis, but `{x}` has none",
                label=f"this is `{x}`, expected `float[T, features]`",
            )
        if x.rank != 1:
            need_steps(self.name(), x)
        return x.with_axes(*x.axes[1:])


class GlobalPool(Reduction):
    """All steps, or all places of an image, to one value per feature.

    Along the axis named, where one is, whatever the others are.
    """

    axis: int | None = None

    def sees(self, place: int, output: int) -> Sight:
        return "all" if self.axis is None else "number"

    def along(self, axis: Size, *inputs: Type) -> GlobalPool:
        return replace(self, axis=place_of(self.name(), inputs[0], axis))

    def place(self, x: Type) -> int:
        """The axis it goes along; that of steps, or the first of an image."""
        return self.axis or 0

    def result(self, x: Type) -> Type:
        if self.axis is not None:
            need_float(self.name(), x)
            return without(x, self.place(x))
        later = [axis for axis in x.axes[1:] if axis.ragged]
        if later:
            raise IllTyped(
                EXTRA_AXIS,
                f"`{self.name()}` acts on the first axis, but `{x}` is ragged along "
                "another",
                label=f"this is `{x}`",
                help=f"say which one is meant, as in `{self.name()}({later[-1]})`",
            )
        if x.rank < 3:
            return super().result(x)
        need_steps_or_image(self.name(), x)
        return x.with_axes(x.axes[-1])

    def reads(self, x: Type) -> tuple[bool, ...]:
        return (x.axes[self.place(x)].ragged,)

    def layout(self, x: Type) -> tuple[tuple[int | None, ...], ...]:
        return (layout_without(x, self.place(x)),)
