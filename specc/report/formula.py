"""A layer's parameter count as people write it: `4·(64·100 + 64·64 + 64)`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from specc.ir.weights import Weight

TIMES = "·"


def count_formula(weights: Sequence[Weight]) -> str:
    """The sum behind a count, from nothing but the weights' names, roles and shapes.

    Weights of one shape and role are one product; what all products have in common (the
    four gates of an LSTM, say) stands before a bracket, and before that the directions.
    Empty for no weights.
    """
    directions = _directions(weights)
    terms = _terms(directions[0])
    common = math.gcd(*terms.values()) if len(terms) > 1 else 1
    parts = [_product(count // common, shape) for (shape, _), count in terms.items()]
    inner = " + ".join(parts)
    factors = [factor for factor in (len(directions), common) if factor > 1]
    if not factors:
        return inner
    bracketed = f"({inner})" if len(parts) > 1 else inner
    return TIMES.join([*map(str, factors), bracketed])


def _directions(weights: Sequence[Weight]) -> list[list[Weight]]:
    """The weights of each direction if all have the same, else all as one."""
    parts: dict[str, list[Weight]] = {}
    for weight in weights:
        parts.setdefault(weight.name.rpartition(".")[0], []).append(weight)
    found = list(parts.values())
    alike = len({tuple(map(_key, part)) for part in found}) == 1
    return found if alike else [list(weights)]


def _terms(weights: Sequence[Weight]) -> dict[tuple[tuple[int, ...], str], int]:
    """How many weights there are of each shape and role; vectors are all alike."""
    counts: dict[tuple[tuple[int, ...], str], int] = {}
    for weight in weights:
        key = _key(weight)
        counts[key] = counts.get(key, 0) + 1
    return counts


def _key(weight: Weight) -> tuple[tuple[int, ...], str]:
    return weight.shape, weight.role if len(weight.shape) > 1 else ""


def _product(count: int, shape: tuple[int, ...]) -> str:
    factors = [count, *shape] if count > 1 else list(shape)
    return TIMES.join(map(str, factors)) or "1"
