"""The worlds that weights can go to and come from: frameworks and backends."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from specc.codegen.backend import backend_names, load_backend
from specc.codegen.elsewhere import Table
from specc.codegen.renamed import Renamed, check_renamed
from specc.convert.flax_nnx import flax_table
from specc.convert.pytorch import pytorch_table
from specc.ir.graph import Model

OWN: Mapping[str, Callable[[Model, Renamed, frozenset[str]], Table]] = {
    "flax": flax_table,
    "torch": pytorch_table,
}


def world_names() -> tuple[str, ...]:
    """All worlds, sorted; no backend is loaded."""
    return tuple(sorted({*OWN, *backend_names()}))


def world_table(
    world: str,
    model: Model,
    renamed: Renamed,
    found: frozenset[str] = frozenset(),
) -> Table:
    """Where a world has the weights of a model.

    `renamed` says what layers are called there. `found` are the names in a file, which
    decide where a world has several ways. Raises `Failure` if a layer of `renamed` is
    none (SPC506), or has no counterpart there (SPC505).
    """
    check_renamed(model, renamed)
    find = OWN[world] if world in OWN else load_backend(world).weights_table
    return find(model, renamed, found)
