"""Windows that slide along time: their lengths, and the masks they leave."""

from __future__ import annotations

from typing import Literal

from specc.diagnostics.codes import SHIFTING_WINDOWS, TOO_LARGE, TOO_SHORT
from specc.ir.op import UNIT_LIMIT, IllTyped, Op
from specc.ir.types import Axis

Padding = Literal["valid", "same", "causal"]


def windowed(
    op: Op, axis: Axis, kernel: int, stride: int, dilation: int, padding: Padding
) -> Axis:
    """The time axis after windows of `kernel` steps, `dilation` apart.

    valid: (T - reach) // stride + 1 with reach = (kernel - 1) dilation + 1;
    same and causal: ceil(T / stride).
    """
    if padding == "same" and stride > 1 and axis.ragged:
        raise IllTyped(
            SHIFTING_WINDOWS,
            f"`{op.name()}` with `same` padding and stride {stride} places its windows "
            "by the padded length, so padding would change the result",
            label=f"`{axis.size}` is ragged here",
            help="use another padding, or a stride of 1",
        )
    reach = (kernel - 1) * dilation + 1
    if reach > UNIT_LIMIT:
        raise IllTyped(
            TOO_LARGE,
            f"a window of `{op.name()}` spans at most {UNIT_LIMIT:,} steps, "
            f"found {reach:,}",
        )
    length = axis.size.ceil(stride)
    if padding == "valid":
        length = (axis.size - reach) // stride + 1
    if length.divisor > UNIT_LIMIT:
        raise IllTyped(
            TOO_LARGE,
            f"a step after `{op.name()}` stands for at most {UNIT_LIMIT:,} steps of an "
            f"input, found {length.divisor:,}",
        )
    if length.fixed is not None and length.fixed < 1:
        raise IllTyped(
            TOO_SHORT,
            f"`{op.name()}` needs at least {reach} steps, found {axis.size}",
            label=f"a window is {reach} steps long",
            help="use a smaller window, or `padding = same`",
        )
    return Axis(size=length, ragged=axis.ragged)
