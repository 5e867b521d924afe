"""What layers ask of their inputs: floats, a time axis, a fixed number of features."""

from __future__ import annotations

from specc.diagnostics.codes import (
    EXTRA_AXIS,
    LOST_MASK,
    NO_FEATURES,
    NO_TIME_AXIS,
    OPEN_SIZE,
    TOO_LARGE,
    WRONG_DTYPE,
)
from specc.ir.op import UNIT_LIMIT, IllTyped
from specc.ir.types import Axis, Type, features

FROM_FLAGS = "turn flags into vectors, [1, 0] and [0, 1], with `one_hot` first"


def need_float(layer: str, x: Type) -> None:
    """Refuse ids and flags where numbers are needed."""
    if x.dtype == "float":
        return
    hint = "turn ids into vectors with `embed(dim)` first"
    if x.dtype == "bool":
        hint = FROM_FLAGS
    raise IllTyped(
        WRONG_DTYPE,
        f"`{layer}` needs float values, found `{x}`",
        label=f"this is `{x}`",
        help=hint,
    )


def need_steps(layer: str, x: Type) -> None:
    """Refuse anything but `[time, features]`."""
    need_float(layer, x)
    if x.rank == 1 and is_time(x):
        raise IllTyped(
            NO_FEATURES,
            f"`{layer}` acts on `[time, features]`, but `{x}` has no features",
            label=f"this is `{x}`",
            help=f"write one feature as `float[{x.last}, 1]`",
        )
    if x.rank < 2:
        raise IllTyped(
            NO_TIME_AXIS,
            f"`{layer}` runs along a time axis, but `{x}` has none",
            label=f"this is `{x}`, expected `float[T, features]`",
        )
    if x.rank > 2:
        raise IllTyped(
            EXTRA_AXIS,
            f"`{layer}` acts on `[time, features]`, but `{x}` has {x.rank} axes",
            label=f"this is `{x}`",
            help=_inner(layer, x),
        )
    need_one_mask(layer, x)


def step_type(layer: str, x: Type, rank: int) -> Type:
    """The type of one step, with so many axes of fixed sizes; or a refusal."""
    if rank == 1:
        need_steps(layer, x)
        fixed_features(layer, x)
        return Type(dtype="float", axes=x.axes[1:])
    need_float(layer, x)
    steps = x.axes[1:]
    fixed = all(axis.size.fixed is not None and not axis.ragged for axis in steps)
    if len(steps) == rank and fixed:
        return Type(dtype="float", axes=steps)
    raise IllTyped(
        EXTRA_AXIS if x.rank > rank + 1 else NO_TIME_AXIS,
        f"`{layer}` runs along a time axis of values with {rank} fixed axes, "
        f"found `{x}`",
        label=f"this is `{x}`",
    )


def need_time(layer: str, x: Type) -> None:
    """Refuse what has no time axis, or more than one axis beside it.

    Ids and flags are one a step, floats one or several.
    """
    if not x.axes or (x.dtype == "float" and x.rank == 1 and not is_time(x)):
        raise IllTyped(
            NO_TIME_AXIS,
            f"`{layer}` runs along a time axis, but `{x}` has none",
            label=f"this is `{x}`",
        )
    most = 2 if x.dtype == "float" else 1
    if x.rank > most:
        raise IllTyped(
            EXTRA_AXIS,
            f"`{layer}` acts on one time axis, but `{x}` has {x.rank} axes",
            label=f"this is `{x}`",
            help=_inner(layer, x),
        )
    need_one_mask(layer, x)


def need_one_mask(layer: str, x: Type) -> None:
    """Refuse a value with padding along an axis that is not its first one."""
    if any(axis.ragged for axis in x.axes[1:]):
        raise IllTyped(
            EXTRA_AXIS,
            f"`{layer}` acts on the first axis, but `{x}` is ragged along another",
            label=f"this is `{x}`",
            help=f"map it along the first axis: `over {x.axes[0]} {{ {layer} }}`",
        )


def need_steps_or_image(layer: str, x: Type) -> None:
    """Refuse anything but `[time, features]` and `[height, width, features]`.

    The sizes of an image are fixed: an axis that is open or ragged is one of steps.
    """
    if x.rank != 3:
        need_steps(layer, x)
        return
    need_float(layer, x)
    if all(axis.size.fixed is not None and not axis.ragged for axis in x.axes):
        return
    raise IllTyped(
        EXTRA_AXIS,
        f"`{layer}` acts on `[time, features]` or an image of fixed sizes, "
        f"but `{x}` has {x.rank} axes",
        label=f"this is `{x}`",
        help=_inner(layer, x),
    )


def need_time_or_image(layer: str, x: Type) -> None:
    """Refuse what is neither an image nor has one time axis."""
    if x.rank == 3 and x.dtype == "float":
        need_steps_or_image(layer, x)
    else:
        need_time(layer, x)


def _inner(layer: str, x: Type) -> str:
    """How to use a layer on a value with an axis too many."""
    first = str(x.axes[0])
    if first.lower() in ("b", "batch"):
        return f"the batch axis is always there and never written: leave `{first}` out"
    return f"map it along the first axis: `over {first} {{ {layer} }}`"


def is_image(x: Type) -> bool:
    """Whether a value that layers slide windows over has two axes of them."""
    return x.rank == 3


def is_time(x: Type) -> bool:
    """Whether the first axis is one of steps: open or ragged."""
    return x.axes[0].ragged or x.axes[0].size.fixed is None


def fixed_features(layer: str, x: Type) -> int:
    """The number of features on the last axis, or a refusal where it is not fixed."""
    if not x.axes:
        raise IllTyped(
            NO_FEATURES,
            f"`{layer}` works on the last axis, but `{x}` has no axis",
            label=f"this is `{x}`",
            help="write one number as `float[1]`",
        )
    size = x.last.fixed
    if size is not None and not x.axes[-1].ragged:
        return size
    what = f"`{x.last}`" if size is None else "ragged"
    raise IllTyped(
        OPEN_SIZE,
        f"`{layer}` needs a fixed number of features, "
        f"but the last axis of `{x}` is {what}",
        label=f"this is `{x}`",
        help="reduce the time axis first, with `mean`, `max` or `last`, "
        "or give the type a number of features, as in `float[T, 8]`",
    )


def joined_features(layer: str, size: int) -> Axis:
    """An axis of features that were brought together, or a refusal of too many."""
    if size <= UNIT_LIMIT:
        return features(size)
    raise IllTyped(
        TOO_LARGE,
        f"`{layer}` gives at most {UNIT_LIMIT:,} features, found {size:,}",
    )


def fixed_sizes(layer: str, x: Type) -> tuple[int, ...]:
    """The sizes of all axes, or a refusal where one is open or ragged."""
    if x.ragged:
        raise IllTyped(
            LOST_MASK,
            f"`{layer}` would lose the mask of `{x}`: padding would count",
            label=f"this is `{x}`",
            help="reduce the ragged axis first, with `mean`, `max` or `last`",
        )
    known = tuple(a.size.fixed for a in x.axes if a.size.fixed is not None)
    if len(known) < x.rank:
        raise IllTyped(
            OPEN_SIZE,
            f"`{layer}` needs fixed sizes, found `{x}`",
            label=f"this is `{x}`",
            help="give the axis a number in the input's type, as in `int[120]`",
        )
    return known
