"""The standard library: cells written in the language itself."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from specc.diagnostics import Sink
from specc.lower.cell_parameters import Definitions, define
from specc.syntax import tree
from specc.syntax.parser import parse
from specc.text import Source


@cache
def library_cells() -> Definitions:
    """The cells of `specs/std/cells.seq`, by name."""
    text = (files("specc.specs.std") / "cells.seq").read_text(encoding="utf-8")
    parsed = parse(Source("std/cells.seq", text))
    sink = Sink()
    found = {
        declaration.name.text: define(declaration, {}, sink)
        for declaration in parsed.declarations
        if isinstance(declaration, tree.Cell)
    }
    assert not sink.diagnostics, "the standard library is right"
    return found
