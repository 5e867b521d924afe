"""What a cell declares: its states and weights, and which of its names are taken."""

from __future__ import annotations

from collections.abc import Mapping

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import BAD_SIZE, DUPLICATE_NAME, WRONG_OPTION
from specc.ir.op import UNIT_LIMIT
from specc.ir.weights import Start
from specc.lower.cell_parameters import Definition
from specc.lower.cell_scope import CellScope
from specc.lower.cell_terms import WIDTH_HELP, Term
from specc.lower.constants import evaluate, is_constant
from specc.lower.initial_values import StartReader
from specc.lower.walk import names_in
from specc.lower.wording import number_text, shown
from specc.syntax import tree
from specc.text import Span


class Declarations:
    """Declares the states and the weights of one cell.

    `prefix`: the path of an advanced cell, with a dot. `given`: the states of one,
    which another cell holds. `initial`: what weights start as. `places`: where names
    are given.
    """

    def __init__(
        self,
        definition: Definition,
        scope: CellScope,
        prefix: str,
        given: Mapping[str, int],
        sink: Sink,
    ) -> None:
        self.definition, self.cell = definition, definition.cell
        self.scope, self.terms, self.sink = scope, scope.terms, sink
        self.prefix, self.given = prefix, given
        self.initial: dict[str, Start] = {}
        self.places: dict[str, Span] = {}

    def declare(self) -> None:
        """Declare all that the cell's statements do."""
        for statement in self.cell.body.statements:
            if isinstance(statement, tree.State):
                self._declare_states(statement)
            if isinstance(statement, tree.Param):
                self._declare_params(statement)

    def _declare_states(self, statement: tree.State) -> None:
        for entry in statement.entries:
            name = entry.name.text
            if not self.is_new(entry.name):
                continue
            sizes = self._declared_sizes(entry)
            if not sizes or entry.default is not None:
                self._refuse_state(entry, sizes)
                self.scope.names[name] = None
                continue
            span = entry.name.span
            if name in self.given:
                self.scope.states[name] = self._given_state(name, sizes, span)
                continue
            term = Term("state", name, (), sizes, span, name=name, recurrent=True)
            self.scope.states[name] = self.terms.add(term)

    def _given_state(self, name: str, sizes: tuple[int, ...], span: Span) -> int:
        """A state of an advanced cell, which another cell holds."""
        term = self.given[name]
        found = self.terms.describe(term)
        wanted = self.terms.describe_sizes(sizes)
        if not self.terms.unify(sizes, self.terms.axes(term)):
            message = (
                f"the state `{name}` of `{self.cell.name.text}` is {wanted}, "
                f"found {found}"
            )
            self.terms.clash(span, message, WIDTH_HELP)
        return term

    def _refuse_state(
        self, entry: tree.Declared, sizes: tuple[int, ...] | None
    ) -> None:
        name = entry.name.text
        if entry.default is not None:
            message = f"`{name}` starts at zero, or where `init` says"
            span = entry.default.span
            self.sink.report(WRONG_OPTION, span, message, help="leave the value out")
        if sizes is not None and not sizes:
            message = f"a state has its sizes in brackets, as in `{name}[units]`"
            self.sink.report(BAD_SIZE, entry.span, message)

    def _declare_params(self, statement: tree.Param) -> None:
        for entry in statement.entries:
            name = entry.name.text
            if not self.is_new(entry.name):
                continue
            sizes = self._declared_sizes(entry) if entry.axes else None
            if entry.axes and sizes is None:
                self.scope.names[name] = None
                continue
            full = self.prefix + name
            term = Term("param", full, (), sizes, entry.name.span, name=full)
            self.scope.params[name] = self.terms.add(term)
            self._declare_initial(name, entry.default)

    def _declare_initial(self, name: str, default: tree.Expression | None) -> None:
        if default is None:
            return
        known = self.scope
        earlier = [param for param in known.params if param != name]
        reader = StartReader(
            known.names, self.sink, known.unknown, earlier, self.prefix
        )
        start = reader.read(default, self.prefix + name)
        if start is not None:
            self.initial[self.prefix + name] = start

    def _declared_sizes(self, entry: tree.Declared) -> tuple[int, ...] | None:
        """The sizes in the brackets; None where something was reported."""
        sizes = [self._declared_size(axis) for axis in entry.axes or ()]
        known = [size for size in sizes if size is not None]
        return tuple(known) if len(known) == len(sizes) else None

    def _declared_size(self, axis: tree.Expression) -> int | None:
        names = self.scope.names
        if self.scope.unknown & names_in(axis) and is_constant(axis, names):
            return self.scope.size_of_text(shown(axis.span))
        number = evaluate(axis, names, self.sink)
        if number is None:
            return None
        if isinstance(number, int) and 1 <= number <= UNIT_LIMIT:
            return self.terms.sizes.new(number)
        self.sink.report(
            BAD_SIZE,
            axis.span,
            f"a size is a whole number between 1 and {UNIT_LIMIT:,}, "
            f"found {number_text(number)}",
            help="divide with `//`" if isinstance(number, float) else None,
        )
        return None

    def is_new(self, name: tree.Name) -> bool:
        """Whether a name is free in this cell; it is taken from then on."""
        before = self.places.setdefault(name.text, name.span)
        message = f"`{name.text}` already names something in this cell"
        if before is not name.span:
            self.duplicate(name, message, before)
            return False
        inputs = {given.name for given in self.definition.inputs}
        if name.text in inputs:
            message = f"`{name.text}` is the step's input"
        elif name.text in {p.name.text for p in self.cell.parameters}:
            message = f"`{name.text}` is a parameter of this cell"
        elif name.text in self.definition.constants:
            message = f"`{name.text}` is a constant of this file"
        else:
            return True
        self.duplicate(name, message, None)
        if name.text not in inputs:
            self.scope.names[name.text] = None
        return False

    def duplicate(self, name: tree.Name, message: str, first: Span | None) -> None:
        others = () if first is None else (Label(first, "the first is here"),)
        help = "choose another name"
        self.sink.report(DUPLICATE_NAME, name.span, message, others=others, help=help)
