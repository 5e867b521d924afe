"""A layer's parameter count as people write it: `4·(64·100 + 64·64 + 64)`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from specc.ir.weights import Weight

TIMES = "·"
Key: TypeAlias = tuple[tuple[int, ...], str]


def count_formula(weights: Sequence[Weight]) -> str:
    """The sum behind a count, from nothing but the weights' names, roles and shapes.

    Weights of one shape and role are one product; what all products have in common (the
    four gates of an LSTM, say) stands before a bracket, and before that how many parts
    are alike (two directions). Parts of a cell, an LSTM and attention, stay apart.
    Empty for no weights.
    """
    parts: dict[str, list[Weight]] = {}
    for weight in weights:
        parts.setdefault(weight.name.rpartition(".")[0], []).append(weight)
    alike = Counter(tuple(map(_key, part)) for part in parts.values())
    return " + ".join(_part(keys, count) for keys, count in alike.items())


def _part(keys: Sequence[Key], times: int) -> str:
    """The sum of weights that belong together, as often as it is there."""
    counts = Counter(keys)
    common = math.gcd(*counts.values()) if len(counts) > 1 else 1
    terms = [_product(count // common, shape) for (shape, _), count in counts.items()]
    inner = " + ".join(terms)
    factors = [factor for factor in (times, common) if factor > 1]
    if not factors:
        return inner
    bracketed = f"({inner})" if len(terms) > 1 else inner
    return TIMES.join([*map(str, factors), bracketed])


def _key(weight: Weight) -> Key:
    """Its shape and role; vectors are all alike."""
    return weight.shape, weight.role if len(weight.shape) > 1 else ""


def _product(count: int, shape: tuple[int, ...]) -> str:
    factors = [count, *shape] if count > 1 else list(shape)
    return TIMES.join(map(str, factors)) or "1"
