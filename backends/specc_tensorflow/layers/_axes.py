"""Values of different axes brought together by new axes."""

from __future__ import annotations

from specc.codegen.expressions import Expression, Tuple_, call, literal


def with_axes(value: Expression, places: tuple[int, ...], rank: int) -> Expression:
    """The value with as many axes as `rank`, its own at these places."""
    if len(places) == rank:
        return value
    return call("ops.expand_dims", value, axis=new_axes(places, rank))


def new_axes(places: tuple[int, ...], rank: int) -> Expression:
    """Which axes are not at these places: a number, or several; the batch is 0."""
    new = [literal(axis + 1) for axis in range(rank) if axis not in places]
    return new[0] if len(new) == 1 else Tuple_(tuple(new))
