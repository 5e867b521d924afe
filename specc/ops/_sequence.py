"""What layers that act along the time axis have in common."""

from __future__ import annotations

from specc.diagnostics.codes import (
    EXTRA_AXIS,
    NO_FEATURES,
    NO_TIME_AXIS,
    OPEN_SIZE,
    WRONG_DTYPE,
)
from specc.ir.op import IllTyped, Op
from specc.ir.types import Type


def need_float(op: Op, x: Type) -> None:
    """Refuse ids and flags where numbers are needed."""
    if x.dtype == "float":
        return
    hint = "turn ids into vectors with `embed(dim)` first" if x.dtype == "int" else None
    raise IllTyped(
        WRONG_DTYPE,
        f"`{op.name()}` needs float values, found `{x}`",
        label=f"this is `{x}`",
        help=hint,
    )


def need_steps(op: Op, x: Type, *, name: str = "") -> None:
    """Refuse anything but `[time, features]`."""
    called = name or op.name()
    need_float(op, x)
    if x.rank < 2:
        raise IllTyped(
            NO_TIME_AXIS,
            f"`{called}` runs along a time axis, but `{x}` has none",
            label=f"this is `{x}`, expected `float[T, features]`",
        )
    if x.rank > 2:
        raise IllTyped(
            EXTRA_AXIS,
            f"`{called}` acts on `[time, features]`, but `{x}` has {x.rank} axes",
            label=f"this is `{x}`",
            help=f"map it along the first axis: `over {x.axes[0]} {{ {called} }}`",
        )


def fixed_features(op: Op, x: Type, *, name: str = "") -> int:
    """The number of features on the last axis, or a refusal where it is not fixed."""
    called = name or op.name()
    if not x.axes:
        raise IllTyped(
            NO_FEATURES,
            f"`{called}` works on the last axis, but `{x}` has no axis",
            label=f"this is `{x}`",
        )
    size = x.last.fixed
    if size is None or x.axes[-1].ragged:
        raise IllTyped(
            OPEN_SIZE,
            f"`{called}` needs a fixed number of features, "
            f"but the last axis of `{x}` is `{x.last}`",
            label=f"this is `{x}`",
            help="reduce the time axis first, with `mean`, `max` or `last`, "
            "or give the axis a number in the input's type",
        )
    return size
