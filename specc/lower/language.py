"""The layers that the language knows by name."""

from __future__ import annotations

from functools import cache

from specc.lower.library import library_names
from specc.ops import find_layer, layer_names
from specc.ops.function import FUNCTIONS

SPECIAL_LAYERS = frozenset(("bi", "tied", "join", "step", "contract", "feedback"))
"""Layers that are no ops: they take other layers, or several values at once."""


def is_fixed(name: str) -> bool:
    """Whether a layer of this name cannot be defined anew by a file."""
    return name in SPECIAL_LAYERS or name in FUNCTIONS or find_layer(name) is not None


def is_layer_name(name: str) -> bool:
    """Whether the language knows a layer of this name."""
    return is_fixed(name) or name in library_names()


@cache
def layer_words() -> frozenset[str]:
    """Every layer, cell and block that a file may use."""
    return frozenset((*SPECIAL_LAYERS, *FUNCTIONS, *layer_names(), *library_names()))
