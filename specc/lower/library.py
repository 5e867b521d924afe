"""The standard library: cells written in the language itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from specc.syntax import tree
from specc.syntax.parser import parse
from specc.text import Source


@cache
def library_cells() -> Mapping[str, tree.Cell]:
    """The cells of `specs/std/cells.seq`, by name."""
    text = (files("specc.specs.std") / "cells.seq").read_text(encoding="utf-8")
    parsed = parse(Source("std/cells.seq", text))
    return {
        declaration.name.text: declaration
        for declaration in parsed.declarations
        if isinstance(declaration, tree.Cell)
    }
