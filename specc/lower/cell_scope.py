"""What the names of one cell stand for while its equations are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

from msgspec import Struct, field

from specc.lower.cell_terms import Terms
from specc.lower.constants import Number


class CellScope(Struct):
    """The names of one cell, and the terms that have names.

    `names`: constants of the file, the cell's arguments, and None for what was wrong.
    `unknown`: arguments that have no number yet. `written`: sizes written with such
    arguments, by their text.
    """

    terms: Terms
    names: dict[str, Number | str | None]
    unknown: frozenset[str]
    states: dict[str, int] = field(default_factory=dict)
    params: dict[str, int] = field(default_factory=dict)
    locals: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def become(self, other: CellScope) -> Iterator[None]:
        """Stand for the names of another body for a while."""
        before = copy(self)
        self._take(other)
        yield
        self._take(before)

    def _take(self, other: CellScope) -> None:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(other, name))

    def function(self, name: str) -> str:
        """The function an argument stands for, or the name itself."""
        meant = self.names.get(name)
        return meant if isinstance(meant, str) else name

    def is_value(self, name: str) -> bool:
        """Whether a name stands for a value of the step."""
        return name in self.states or name in self.params or name in self.locals

    def size_of_text(self, text: str) -> int:
        """The size that a text stands for, before its arguments have numbers."""
        if text not in self.written:
            self.written[text] = self.terms.sizes.new(given=True)
        return self.written[text]
