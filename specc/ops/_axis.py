"""What the layers share that act on an axis by its name."""

from __future__ import annotations

from specc.diagnostics.codes import SIZE_MISMATCH
from specc.ir.op import IllTyped
from specc.ir.size import Size
from specc.ir.types import Type


def place_of(layer: str, x: Type, axis: Size) -> int:
    """Where the axis of a size stands; the last one, if there are several."""
    places = [place for place, own in enumerate(x.axes) if own.size == axis]
    if places:
        return places[-1]
    sizes = ", ".join(f"`{own.size}`" for own in x.axes)
    raise IllTyped(
        SIZE_MISMATCH,
        f"`{layer}` goes along the axis `{axis}`, but `{x}` has none",
        label=f"this is `{x}`",
        help=f"its axes are {sizes}" if len(x.axes) > 1 else None,
    )


def without(x: Type, gone: int) -> Type:
    """The type without one of its axes."""
    return x.with_axes(*(axis for place, axis in enumerate(x.axes) if place != gone))


def layout_without(x: Type, gone: int) -> tuple[int | None, ...]:
    """Where the axes stand once one of them is gone."""
    return tuple(
        None if place == gone else place - (place > gone) for place in range(x.rank)
    )
