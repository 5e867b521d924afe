"""Values of different axes brought together by new axes."""

from __future__ import annotations

from specc.codegen.expressions import (
    Constant,
    Expression,
    Index,
    Slice,
    Tuple_,
    literal,
)


def with_axes(
    value: Expression, places: tuple[int, ...], rank: int, unbatched: bool = False
) -> Expression:
    """The value with as many axes as `rank`, its own at these places.

    `x[..., None]`, `x[:, None]`; the batch axis comes before them and is not counted.
    A value without one needs no axes in front of its own.
    """
    if unbatched and places:
        start = places[0]
        places, rank = tuple(place - start for place in places), rank - start
    own = len(places)
    if own == rank or (not own and unbatched):
        return value
    if places == tuple(range(own)):
        return Index(value, Tuple_((Constant("..."), *[literal(None)] * (rank - own))))
    last = max(place for place in range(rank) if place not in places)
    whole = Slice()
    axes = (whole if axis in places else literal(None) for axis in range(last + 1))
    return Index(value, Tuple_(tuple(axes) if unbatched else (whole, *axes)))
