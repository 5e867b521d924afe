"""Names and numbers in the calls of one cell: paths of layers, options, stand-ins."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import DUPLICATE_NAME, WRONG_PLACE
from specc.lower.binder import Binder
from specc.lower.cell_scope import CellScope
from specc.lower.cell_terms import Sizes
from specc.lower.constants import evaluate, is_constant
from specc.lower.initial_values import StartReader, is_formula
from specc.lower.options import Kind
from specc.lower.walk import names_in, nodes_in
from specc.lower.wording import shown
from specc.syntax import tree
from specc.text import Span

STAND_IN = 55_440
"""Sizes without a number take part in type rules as multiples of this one."""


class PathNames(Struct):
    """Gives the layers of one cell their paths; `prefix` is that of a stepped cell.

    `only`: the path of the one layer that a `let` binds.
    """

    prefix: str
    reserved: frozenset[str]
    sink: Sink
    only: str | None = None
    labels: dict[str, Span] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def path(self, base: str, label: tree.Name | None) -> str | None:
        """The path of a layer's weights; None where its label was reported."""
        if self.only is not None:
            if label is not None:
                self._refuse_label(self.only, label)
            return None if label else self.only
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

    def bound(self, name: str, single: bool) -> PathNames:
        """The paths of what `let` binds to a name: the same at every use."""
        path = self.prefix + name
        only = path if single else None
        return PathNames(f"{path}.", frozenset(), self.sink, only)

    def _refuse_label(self, path: str, label: tree.Name) -> None:
        message = f"`{path}` has the name that its `let` gives it"
        help = f"leave `as {label.text}` out"
        self.sink.report(WRONG_PLACE, label.span, message, help=help)

    # Arguments

    def bind(
        self, call: tree.Call, binder: Binder, scope: CellScope
    ) -> list[tree.Expression]:
        """Give a binder the options of a call; what else there is are values."""
        values: list[tree.Expression] = []
        for argument in call.arguments:
            written, name = argument.value, argument.name
            if is_constant(written, scope.names):
                self._number(name, written, binder, scope)
            elif isinstance(written, tree.String):
                self._give(name, written.value, "text", written, binder)
            elif isinstance(written, tree.Name) and name is not None:
                word = scope.function(written.text)
                self._give(name, word, "word", written, binder)
            elif name is not None and is_formula(written):
                self._formula(name, written, binder, scope)
            elif name is not None:
                binder.unknown(name)
            elif not self._is_word(written, binder, scope):
                values.append(written)
        return values

    def _is_word(
        self, written: tree.Expression, binder: Binder, scope: CellScope
    ) -> bool:
        if not isinstance(written, tree.Name) or written.primed:
            return False
        word = replace(written, text=scope.function(written.text))
        return binder.bare(word, scope.is_value(written.text))

    def _number(
        self,
        name: tree.Name | None,
        written: tree.Expression,
        binder: Binder,
        scope: CellScope,
    ) -> None:
        if scope.unknown & names_in(written):
            size = scope.size_of_text(shown(written.span))
            number: float | None = self.stand_in(size, scope.terms.sizes)
        else:
            number = evaluate(written, scope.names, self.sink)
        if number is None:
            binder.broken = True
        else:
            self._give(name, number, "number", written, binder)

    def _formula(
        self,
        name: tree.Name,
        written: tree.Expression,
        binder: Binder,
        scope: CellScope,
    ) -> None:
        reader = StartReader(scope.names, self.sink, scope.unknown)
        start = reader.read(written)
        if start is None:
            binder.broken = True
        else:
            binder.named(name, start, "formula", written.span)

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

    def guessed(self, call: tree.Call, scope: CellScope) -> bool:
        """Whether an option of a call has no number before the cell is used."""
        return bool(scope.unknown & names_in(call.arguments))

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
