"""Values of different axes brought together.

Every value has a batch axis first: that of a weight or a number has length 1.
"""

from __future__ import annotations

from specc.reference.arrays import reshape
from specc.reference.tape import Value

Places = tuple[int, ...] | None


def align(
    a: Value, b: Value, left: Places = None, right: Places = None
) -> tuple[Value, Value]:
    """Both with as many axes as the one that has more.

    `left` and `right`: where the axes after the batch axis go; None where they are the
    last ones.
    """
    rank = max(a.ndim, b.ndim)
    return with_rank(a, rank, left), with_rank(b, rank, right)


def with_rank(x: Value, rank: int, places: Places = None) -> Value:
    """The value with axes of length 1 added, up to that many axes."""
    if x.ndim == rank:
        return x
    if places is None:
        places = tuple(range(rank - x.ndim, rank - 1))
    shape = [x.shape[0]] + [1] * (rank - 1)
    for place, length in zip(places, x.shape[1:], strict=True):
        shape[place + 1] = length
    return reshape(x, tuple(shape))
