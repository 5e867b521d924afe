"""The standard library: cells and blocks written in the language itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Generic, TypeVar

from specc.diagnostics import Sink
from specc.lower.block_head import define_block
from specc.lower.cell_parameters import Definition, Definitions, define
from specc.lower.scope import BlockDefinition, FileNames
from specc.packaged import folder_of
from specc.syntax import tree
from specc.syntax.parser import parse
from specc.text import Source

Found = TypeVar("Found")


class Library(Mapping[str, Found | None], Generic[Found]):
    """The declarations of one file, each of them parsed when it is asked for.

    In the library every declaration begins a line, and nothing else does so.
    """

    def __init__(
        self, file: str, read: Callable[[tree.Declaration, Sink], Found | None]
    ) -> None:
        self.file, self.read = file, read
        self.text = (folder_of("specc.specs.std") / file).read_text(encoding="utf-8")
        starts = list(re.finditer(r"^[a-z]+ (\w+)", self.text, re.MULTILINE))
        stops = [*(found.start() for found in starts[1:]), len(self.text)]
        self.places = {
            found[1]: (found.start(), stop)
            for found, stop in zip(starts, stops, strict=True)
        }
        self.made: dict[str, Found | None] = {}

    def __getitem__(self, name: str) -> Found | None:
        if name not in self.made:
            self.made[name] = self._parsed(*self.places[name])
        return self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def _parsed(self, start: int, stop: int) -> Found | None:
        before = "\n" * self.text.count("\n", 0, start)  # so that lines are the file's
        text = before + self.text[start:stop]
        (declaration,) = parse(Source(f"std/{self.file}", text)).declarations
        sink = Sink()
        found = self.read(declaration, sink)
        assert not sink.diagnostics, "the standard library is right"
        return found


@cache
def library_blocks() -> Mapping[str, BlockDefinition | None]:
    """The blocks of `specs/std/blocks.seq`, by name."""

    def read(block: tree.Declaration, sink: Sink) -> BlockDefinition | None:
        assert isinstance(block, tree.Block), "nothing else is in that file"
        return define_block(block, FileNames({}, {}, blocks), sink)

    blocks = Library("blocks.seq", read)
    return blocks


@cache
def library_cells() -> Definitions:
    """The cells of `specs/std/cells.seq`, by name."""

    def read(cell: tree.Declaration, sink: Sink) -> Definition | None:
        assert isinstance(cell, tree.Cell), "nothing else is in that file"
        return define(cell, {}, sink, cells)

    cells = Library("cells.seq", read)
    return cells


def library_names() -> frozenset[str]:
    """Everything the standard library defines."""
    return frozenset((*library_cells(), *library_blocks()))
