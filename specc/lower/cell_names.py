"""Names and numbers in the calls of one cell: paths of layers, options, stand-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import DUPLICATE_NAME
from specc.lower.binder import Binder
from specc.lower.cell_terms import Sizes
from specc.lower.constants import evaluate, is_constant
from specc.lower.options import Kind
from specc.lower.walk import names_in, nodes_in
from specc.lower.wording import shown
from specc.syntax import tree
from specc.text import Span

if TYPE_CHECKING:
    from specc.lower.cell_equations import Equations

STAND_IN = 55_440
"""Sizes without a number take part in type rules as multiples of this one."""


class PathNames(Struct):
    """Gives the layers of one cell their paths; `prefix` is that of a stepped cell."""

    prefix: str
    reserved: frozenset[str]
    sink: Sink
    labels: dict[str, Span] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def path(self, base: str, label: tree.Name | None) -> str | None:
        """The path of a layer's weights; None where its label was reported."""
        if label is not None:
            before = self.labels.setdefault(label.text, label.span)
            if before is label.span and label.text not in self.reserved:
                return self.prefix + label.text
            message = f"`{label.text}` already names something in this cell"
            others = () if before is label.span else (Label(before, "the first"),)
            help = "choose another name"
            self.sink.report(
                DUPLICATE_NAME, label.span, message, others=others, help=help
            )
            return None
        while True:
            self.counts[base] = self.counts.get(base, 0) + 1
            number = self.counts[base]
            name = base if number == 1 else f"{base}_{number}"
            if name not in self.reserved and name not in self.labels:
                return self.prefix + name

    # Arguments

    def bind(
        self, call: tree.Call, binder: Binder, equations: Equations
    ) -> list[tree.Expression]:
        """Give a binder the options of a call; what else there is are values."""
        values: list[tree.Expression] = []
        for argument in call.arguments:
            written, name = argument.value, argument.name
            if is_constant(written, equations.names):
                self._number(name, written, binder, equations)
            elif isinstance(written, tree.String):
                self._give(name, written.value, "text", written, binder)
            elif isinstance(written, tree.Name) and name is not None:
                word = equations.function(written.text)
                self._give(name, word, "word", written, binder)
            elif name is not None:
                binder.unknown(name)
            elif not self._is_word(written, binder, equations):
                values.append(written)
        return values

    def _is_word(
        self, written: tree.Expression, binder: Binder, equations: Equations
    ) -> bool:
        if not isinstance(written, tree.Name) or written.primed:
            return False
        word = replace(written, text=equations.function(written.text))
        return binder.bare(word, equations.is_value(written.text))

    def _number(
        self,
        name: tree.Name | None,
        written: tree.Expression,
        binder: Binder,
        equations: Equations,
    ) -> None:
        if equations.unknown & names_in(written):
            size = equations.size_of_text(shown(written.span))
            number: float | None = self.stand_in(size, equations.terms.sizes)
        else:
            number = evaluate(written, equations.names, self.sink)
        if number is None:
            binder.broken = True
        else:
            self._give(name, number, "number", written, binder)

    def _give(
        self,
        name: tree.Name | None,
        value: str | float,
        kind: Kind,
        written: tree.Expression,
        binder: Binder,
    ) -> None:
        if name is None:
            binder.positional(value, kind, written.span)
        else:
            binder.named(name, value, kind, written.span)

    def guessed(self, call: tree.Call, equations: Equations) -> bool:
        """Whether an option of a call has no number before the cell is used."""
        return bool(equations.unknown & names_in(call.arguments))

    # Stand-ins

    def stand_in(self, size: int, sizes: Sizes) -> int:
        """A number for a size that has none yet."""
        return STAND_IN * (sizes.find(size) + 1)

    def is_stand_in(self, number: int) -> bool:
        """Whether a number has to do with a stand-in."""
        return number >= STAND_IN

    def meant(self, number: int, sizes: Sizes) -> int | None:
        """The size that a number stands in for, if it does."""
        size, rest = divmod(number, STAND_IN)
        if rest or not 1 <= size <= len(sizes.parents):
            return None
        return size - 1 if sizes.number(size - 1) is None else None


def reserved_names(cell: tree.Cell) -> frozenset[str]:
    """What layers cannot be called: the cell's weights."""
    return frozenset(
        entry.name.text
        for node in nodes_in(cell.body)
        if isinstance(node, tree.Param)
        for entry in node.entries
    )
