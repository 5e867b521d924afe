"""What can be copied into a program, and the names that are taken there."""

from __future__ import annotations

from functools import cache

from specc.codegen.snippets import SnippetLibrary

LAYERS = SnippetLibrary("specc_tensorflow.snippets")
EVERYTHING = SnippetLibrary(
    "specc_tensorflow.snippets",
    "specc_tensorflow.exchange.names",
    "specc.codegen.initial",
)
RESERVED = EVERYTHING.names | {
    *("keras", "layers", "ops", "np", "tf", "register"),
    *("SPEC", "build", "seed", "variables", "model", "inputs", "layer", "initial"),
    *("get_variables", "set_variables", "layer_weights", "cell_weights"),
}


@cache
def exchange_library(layers: bool, cells: bool) -> SnippetLibrary:
    """`get_variables` and `set_variables` for what a program keeps its weights in."""
    name = "layers_and_cells" if layers and cells else "cells" if cells else "layers"
    return SnippetLibrary(None, f"specc_tensorflow.exchange.{name}")
