"""Values of different axes brought together by new axes."""

from __future__ import annotations

from specc.codegen.expressions import Expression, call, literal


def with_axes(
    value: Expression, places: tuple[int, ...], rank: int, unbatched: bool = False
) -> Expression:
    """The value with as many axes as `rank`, its own at these places.

    A value without a batch axis needs no axes in front of its own.
    """
    if not unbatched:
        return _expanded(value, _new_axes(places, rank, 1))
    start = places[0] if places else rank
    return _expanded(
        value, [n - start for n in _new_axes(places, rank, 0) if n > start]
    )


def new_axes(places: tuple[int, ...], rank: int) -> Expression:
    """Which axes are not at these places: a number, or several; the batch is 0."""
    return _as_written(_new_axes(places, rank, 1))


def _new_axes(places: tuple[int, ...], rank: int, batch: int) -> list[int]:
    return [axis + batch for axis in range(rank) if axis not in places]


def _expanded(value: Expression, new: list[int]) -> Expression:
    return call("ops.expand_dims", value, axis=_as_written(new)) if new else value


def _as_written(new: list[int]) -> Expression:
    return literal(new[0]) if len(new) == 1 else literal(tuple(new))
