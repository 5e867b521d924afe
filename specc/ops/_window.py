"""Windows that slide along time or over an image: their number and their masks."""

from __future__ import annotations

from typing import Literal

from specc.diagnostics.codes import (
    SHIFTING_WINDOWS,
    TOO_LARGE,
    TOO_SHORT,
    WRONG_OPTION,
)
from specc.ir.op import UNIT_LIMIT, Count, IllTyped, Op, Sight
from specc.ir.types import Axis, Type
from specc.ops._sequence import is_image, need_steps_or_image
from specc.ops.window_mask import WindowMask

Padding = Literal["valid", "same", "causal"] | Count
"""A number is how many zeros stand on either side."""


def slide(
    op: Op, x: Type, kernel: int, stride: int, dilation: int, padding: Padding
) -> tuple[Axis, ...]:
    """The axes of steps after windows over `[time, features]` or an image.

    Over an image, windows are square and have one stride and dilation for both axes.
    """
    need_steps_or_image(op.name(), x)
    if is_image(x) and padding == "causal":
        raise IllTyped(
            WRONG_OPTION,
            f"`{op.name()}` over an image has no past to be `causal` in",
            label=f"this is `{x}`",
            help="use `valid` or `same`",
        )
    return tuple(
        _windowed(op, axis, kernel, stride, dilation, padding) for axis in x.axes[:-1]
    )


def window_mask(
    kernel: int, stride: int, dilation: int, padding: Padding
) -> WindowMask | None:
    """What makes the mask of the result of windows with weights from the input's."""
    size = 1
    if padding == "valid" or isinstance(padding, int):
        size = _inner_reach(kernel, dilation, padding)
    return WindowMask(kernel=size, stride=stride) if size > 1 or stride > 1 else None


def window_sight(kernel: int, stride: int, padding: Padding) -> Sight:
    """What a step of the result of windows sees; with a stride, steps do not align."""
    if stride > 1:
        return "all"
    if kernel == 1:
        return "step"
    return "past" if padding == "causal" else "all"


def _windowed(
    op: Op, axis: Axis, kernel: int, stride: int, dilation: int, padding: Padding
) -> Axis:
    """An axis after windows of `kernel` steps, `dilation` apart.

    valid: (T - reach) // stride + 1 with reach = (kernel - 1) dilation + 1, and with p
    zeros on either side (T + 2 p - reach) // stride + 1; same and causal:
    ceil(T / stride).
    """
    if padding == "same" and stride > 1 and axis.ragged:
        other = "use another padding"
        if "kernel_size" in op.__struct_fields__:  # a pool takes no number of zeros
            zeros = max((kernel - 1) * dilation // 2, 1)
            other = f"put zeros on either side, `padding = {zeros}`"
        raise IllTyped(
            SHIFTING_WINDOWS,
            f"`{op.name()}` with `same` padding and stride {stride} places its windows "
            "by the padded length, so padding would change the result",
            label=f"`{axis.size}` is ragged here",
            help=f"{other}, or take a stride of 1",
        )
    reach = (kernel - 1) * dilation + 1
    if reach > UNIT_LIMIT:
        raise IllTyped(
            TOO_LARGE,
            f"a window of `{op.name()}` spans at most {UNIT_LIMIT:,} steps, "
            f"found {reach:,}",
        )
    length = axis.size.ceil(stride)
    if padding == "valid" or isinstance(padding, int):
        inner = _inner_reach(kernel, dilation, padding)
        if inner < 1:
            raise IllTyped(
                WRONG_OPTION,
                f"`{op.name()}` with {padding} zeros on either side has windows of "
                f"{reach} steps that see nothing else",
                help=f"at most `padding = {(reach - 1) // 2}` here, or `same`",
            )
        length = (axis.size - inner) // stride + 1
    if length.divisor > UNIT_LIMIT:
        raise IllTyped(
            TOO_LARGE,
            f"a step after `{op.name()}` stands for at most {UNIT_LIMIT:,} steps of an "
            f"input, found {length.divisor:,}",
        )
    if length.fixed is not None and length.fixed < 1:
        raise IllTyped(
            TOO_SHORT,
            f"`{op.name()}` needs at least {_inner_reach(kernel, dilation, padding)} "
            f"steps, found {axis.size}",
            label=f"a window is {reach} steps long",
            help="use a smaller window, or `padding = same`",
        )
    return Axis(size=length, ragged=axis.ragged)


def _inner_reach(kernel: int, dilation: int, padding: Padding) -> int:
    """The steps of a window that are no padding, wherever it lies."""
    around = padding if isinstance(padding, int) else 0
    return (kernel - 1) * dilation + 1 - 2 * around
