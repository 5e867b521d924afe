"""The layers that the language knows by name, with and without a meaning yet."""

from __future__ import annotations

from functools import cache

from specc.lower.library import library_names
from specc.ops import find_layer, layer_names
from specc.ops.function import FUNCTIONS

SPECIAL_LAYERS = frozenset(("bi", "tied", "join"))
"""Layers that are no ops: they take other layers, or several values at once."""
FUTURE_CELLS = frozenset(("qrnn", "lru"))
"""Cells of the standard library that are not written yet; a file may define its own."""
FUTURE_LAYERS = frozenset(("pair", "feedback", "contract", "step"))
"""Layers of the language that have no meaning yet."""


def is_future(name: str) -> bool:
    """Whether a layer of this name has no meaning yet."""
    return name in FUTURE_LAYERS or name in FUTURE_CELLS


def is_fixed(name: str) -> bool:
    """Whether a layer of this name cannot be defined anew by a file."""
    return (
        name in SPECIAL_LAYERS
        or name in FUNCTIONS
        or find_layer(name) is not None
        or name in FUTURE_LAYERS
    )


def is_layer_name(name: str) -> bool:
    """Whether the language knows a layer of this name."""
    return is_fixed(name) or name in library_names() or name in FUTURE_CELLS


@cache
def layer_words() -> frozenset[str]:
    """Every layer that has a meaning."""
    return frozenset((*SPECIAL_LAYERS, *FUNCTIONS, *layer_names(), *library_names()))
