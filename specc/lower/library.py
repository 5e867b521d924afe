"""The standard library: cells and blocks written in the language itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from specc.diagnostics import Sink
from specc.lower.block_head import define_block
from specc.lower.cell_parameters import Definition, Definitions, define
from specc.lower.scope import BlockDefinition, FileNames
from specc.syntax import tree
from specc.syntax.parser import parse
from specc.text import Source


@cache
def library_blocks() -> Mapping[str, BlockDefinition | None]:
    """The blocks of `specs/std/blocks.seq`, by name."""
    sink = Sink()
    found: dict[str, BlockDefinition | None] = {}
    names = FileNames({}, {}, found)
    for declaration in _parsed("blocks.seq").declarations:
        assert isinstance(declaration, tree.Block), "nothing else is in that file"
        found[declaration.name.text] = define_block(declaration, names, sink)
    assert not sink.diagnostics, "the standard library is right"
    return found


def _parsed(name: str) -> tree.File:
    text = (files("specc.specs.std") / name).read_text(encoding="utf-8")
    return parse(Source(f"std/{name}", text))


@cache
def library_cells() -> Definitions:
    """The cells of `specs/std/cells.seq`, by name."""
    sink = Sink()
    found: dict[str, Definition | None] = {}
    for declaration in _parsed("cells.seq").declarations:
        assert isinstance(declaration, tree.Cell), "nothing else is in that file"
        found[declaration.name.text] = define(declaration, {}, sink, found)
    assert not sink.diagnostics, "the standard library is right"
    return found


def library_names() -> frozenset[str]:
    """Everything the standard library defines."""
    return frozenset((*library_cells(), *library_blocks()))
