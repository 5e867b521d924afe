"""Values of different ranks brought together.

Every value has a batch axis first: that of a weight or a number has length 1.
"""

from __future__ import annotations

from specc.reference.arrays import reshape
from specc.reference.tape import Value


def align(a: Value, b: Value) -> tuple[Value, Value]:
    """Both with as many axes as the one that has more."""
    rank = max(a.ndim, b.ndim)
    return with_rank(a, rank), with_rank(b, rank)


def with_rank(x: Value, rank: int) -> Value:
    """The value with axes of length 1 after the batch axis, up to that many axes."""
    if x.ndim == rank:
        return x
    new = (1,) * (rank - x.ndim)
    return reshape(x, (x.shape[0], *new, *x.shape[1:]))
