"""A cell's statements: what it declares, how its states go on, what it yields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specc.diagnostics import Label, Sink, did_you_mean
from specc.diagnostics.codes import (
    BAD_SIZE,
    DUPLICATE_NAME,
    NOT_YET,
    UNDECLARED,
    WRONG_OPTION,
    WRONG_PLACE,
    WRONG_RESULTS,
)
from specc.ir.op import UNIT_LIMIT
from specc.ir.weights import Start
from specc.lower.cell_checks import check_advanced, check_used, has_state
from specc.lower.cell_equations import Equations
from specc.lower.cell_flows import Flows
from specc.lower.cell_graph import Part
from specc.lower.cell_names import PathNames, reserved_names
from specc.lower.cell_outside import OutsideTypes, declare_outside
from specc.lower.cell_parameters import Definition
from specc.lower.cell_step import Stepped, Stepper
from specc.lower.cell_terms import RANK_HELP, WIDTH_HELP, Term, Terms
from specc.lower.constants import Number, evaluate, is_constant
from specc.lower.initial_values import StartReader
from specc.lower.walk import names_in
from specc.lower.wording import counted, number_text, shown
from specc.syntax import tree
from specc.text import Span

Arguments = Mapping[str, Number | str]


class CellBody:
    """Walks the statements of one cell and collects terms.

    `unknown`: arguments whose number is not known, while a cell is checked for no use
    in particular. `path` and `terms`: of a cell that is advanced inside another.
    """

    def __init__(
        self,
        definition: Definition,
        arguments: Arguments,
        unknown: frozenset[str],
        sink: Sink,
        chain: tuple[Definition, ...] = (),
        path: str = "",
        terms: Terms | None = None,
    ) -> None:
        self.definition, self.unknown, self.sink = definition, unknown, sink
        self.cell, self.chain = definition.cell, (*chain, definition)
        self.prefix = f"{path}." if path else ""
        self.terms = terms or Terms(self.cell.name.text, sink)
        names = {**definition.constants, **arguments}
        self.equations = Equations(self.terms, names, unknown, sink)
        paths = PathNames(self.prefix, reserved_names(self.cell), sink)
        stepper = Stepper(self.equations, paths, self.chain, self._inline, sink)
        self.equations.flows = Flows(self.equations, paths, stepper, sink)
        self.initial: dict[str, Start] = {}
        self.inner_params: dict[str, int] = {}
        self.places: dict[str, Span] = {}
        self.given: dict[str, int] = {}
        self.outside: dict[str, int] = {}
        self.output: int | None = None

    def lower(self, width: int | None, outside: OutsideTypes | None) -> Part | None:
        """The terms of all statements; None where something was reported.

        `outside`: the types of the values it sees, None where there is no use yet.
        """
        size = self.terms.sizes.new(width, given=True)
        x = Term("input", "x", (), (size,), self.cell.name.span, name="x")
        self.equations.locals["x"] = self.terms.add(x)
        self.outside = declare_outside(self.definition, self.equations, outside)
        return self._lower()

    def _inline(self, stepped: Stepped, sink: Sink) -> tuple[int, ...] | None:
        """What another cell makes of values of this one, in one step."""
        inner = CellBody(
            stepped.definition,
            stepped.arguments,
            frozenset(stepped.unknown),
            sink,
            self.chain,
            stepped.path,
            self.terms.inside(stepped.definition.name, sink),
        )
        inner.equations.locals["x"] = stepped.x
        inner.equations.written.update(stepped.unknown)
        entries = [
            entry.name.text
            for statement in inner.cell.body.statements
            if isinstance(statement, tree.State)
            for entry in statement.entries
        ]
        inner.given = dict(zip(entries, stepped.states, strict=True))
        part = inner._lower()
        if part is None:
            return None
        self.initial.update(part.initial)
        self.inner_params.update(part.params)
        states = tuple(part.after[name] for name in part.states)
        return states if part.output is None else (part.output, *states)

    def _lower(self) -> Part | None:
        if not has_state(self.cell, self.sink):
            return None
        for statement in self.cell.body.statements:
            if isinstance(statement, tree.State):
                self._declare_states(statement)
            if isinstance(statement, tree.Param):
                self._declare_params(statement)
        check_advanced(self.cell, self.terms, self.equations.states, self.sink)
        for statement in self.cell.body.statements:
            self._statement(statement)
        if not self.sink.failed:  # nothing that follows from a mistake is reported
            named = {n: s for n, s in self.places.items() if n in self.equations.locals}
            check_used(self.cell, self.terms, self.equations.params, named, self.sink)
        if self.sink.failed:
            return None
        return Part(
            name=self.cell.name.text,
            terms=self.terms,
            states=self.equations.states,
            after=self.equations.after,
            params={
                **{self.prefix + n: t for n, t in self.equations.params.items()},
                **self.inner_params,
            },
            initial=self.initial,
            output=self.output,
            outside=self.outside,
        )

    # Declarations

    def _declare_states(self, statement: tree.State) -> None:
        for entry in statement.entries:
            name = entry.name.text
            if not self._is_new(entry.name):
                continue
            sizes = self._declared_sizes(entry)
            if len(sizes or ()) != 1 or entry.default is not None:
                self._refuse_state(entry, sizes)
                self.equations.names[name] = None
                continue
            span = entry.name.span
            assert sizes is not None, "reported above"
            if name in self.given:
                self.equations.states[name] = self._given_state(name, sizes, span)
                continue
            term = Term("state", name, (), sizes, span, name=name, recurrent=True)
            self.equations.states[name] = self.terms.add(term)

    def _given_state(self, name: str, sizes: tuple[int, ...], span: Span) -> int:
        """A state of an advanced cell, which another cell holds."""
        term = self.given[name]
        found = self.terms.describe(term)
        if not self.terms.unify(sizes, self.terms.axes(term)):
            number = self.terms.sizes.number(sizes[0])
            wanted = "a vector" if number is None else f"a vector of {number:,}"
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
        if sizes is not None and len(sizes) != 1:
            message = f"a state has one size, as in `{name}[units]`"
            self.sink.report(BAD_SIZE, entry.span, message)

    def _declare_params(self, statement: tree.Param) -> None:
        for entry in statement.entries:
            name = entry.name.text
            if not self._is_new(entry.name):
                continue
            sizes = self._declared_sizes(entry) if entry.axes else None
            if entry.axes and sizes is None:
                self.equations.names[name] = None
                continue
            full = self.prefix + name
            term = Term("param", full, (), sizes, entry.name.span, name=full)
            self.equations.params[name] = self.terms.add(term)
            self._declare_initial(name, entry.default)

    def _declare_initial(self, name: str, default: tree.Expression | None) -> None:
        if default is None:
            return
        known = self.equations
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
        names = self.equations.names
        if self.equations.unknown & names_in(axis) and is_constant(axis, names):
            return self.equations.size_of_text(shown(axis.span))
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

    def _is_new(self, name: tree.Name) -> bool:
        """Whether a name is free in this cell; it is taken from then on."""
        before = self.places.setdefault(name.text, name.span)
        message = f"`{name.text}` already names something in this cell"
        if before is not name.span:
            self._duplicate(name, message, before)
            return False
        if name.text == "x":
            message = "`x` is the step's input"
        elif name.text in {p.name.text for p in self.cell.parameters}:
            message = f"`{name.text}` is a parameter of this cell"
        elif name.text in self.definition.constants:
            message = f"`{name.text}` is a constant of this file"
        else:
            return True
        self._duplicate(name, message, None)
        if name.text != "x":
            self.equations.names[name.text] = None
        return False

    def _duplicate(self, name: tree.Name, message: str, first: Span | None) -> None:
        others = () if first is None else (Label(first, "the first is here"),)
        help = "choose another name"
        self.sink.report(DUPLICATE_NAME, name.span, message, others=others, help=help)

    # Statements

    def _statement(self, statement: tree.Statement) -> None:
        if isinstance(statement, tree.State | tree.Param):
            return
        if self.output is not None:
            message = "nothing can follow the line that gives the output"
            self.sink.report(WRONG_PLACE, statement.span, message)
            return
        match statement:
            case tree.Let():
                message = "`let` inside a cell has no meaning yet"
                self.sink.report(NOT_YET, statement.span, message)
            case tree.Assign():
                self._assign(statement)
            case tree.Result():
                self._result(statement)

    def _result(self, statement: tree.Result) -> None:
        value = statement.values[0]
        term = self.equations.term(value)
        self.output = 0 if term is None else term
        if len(statement.values) > 1:
            message = "a cell has one output"
            help = "its states are handed out by the option `states`"
            self.sink.report(WRONG_PLACE, statement.span, message, help=help)
        if term is None:
            return
        self.terms.used_as(term, "scale")
        if len(self.terms.axes(term)) != 1:
            found = self.terms.describe(term)
            message = f"the output of a cell is a vector, found {found}"
            help = "give a weight one row: `param w[1, units]`"
            self.terms.clash(value.span, message, help)

    def _assign(self, statement: tree.Assign) -> None:
        if len(statement.targets) == 1:
            term = self.equations.term(statement.value)
            self._give(statement.targets[0], term, statement.value.span)
            return
        found = self.equations.several(statement.value)
        count = len(statement.targets)
        if found is not None and len(found) != count:
            message = f"{count} names stand for {counted(len(found), 'value')}"
            self.sink.report(WRONG_RESULTS, statement.value.span, message)
            found = None
        terms: Sequence[int | None] = [None] * count if found is None else found
        for target, one in zip(statement.targets, terms, strict=True):
            self._give(target, one, statement.value.span)

    def _give(self, target: tree.Name, term: int | None, span: Span) -> None:
        """Give a name, or a state after the step, its value."""
        if target.primed:
            self._advance(target, term, span)
            return
        if target.text in self.equations.states:
            self.sink.report(
                WRONG_PLACE,
                target.span,
                f"`{target.text}` is the state before the step and cannot change",
                help=f"write `{target.text}'` for the state after it",
            )
            return
        if not self._is_new(target):
            return
        if term is None:
            self.equations.names[target.text] = None
            return
        self.equations.locals[target.text] = self._named(term, target.text)

    def _advance(self, target: tree.Name, term: int | None, span: Span) -> None:
        name, equations = target.text, self.equations
        if name not in equations.states:
            if equations.names.get(name, 0) is not None:
                self.sink.report(
                    UNDECLARED,
                    target.span,
                    f"`{name}'` is no state of this cell",
                    help=did_you_mean(name, equations.states)
                    or f"declare it: `state {name}[units]`",
                )
            return
        if not self._is_first(target):
            return
        if term is None:
            equations.after[name] = equations.states[name]
            return
        self.terms.used_as(term, "scale")
        state = equations.states[name]
        # A stepped cell's states get their names from the cell that holds them.
        equations.after[name] = term if self.prefix else self._named(term, f"{name}'")
        wanted, found = self.terms.describe(state), self.terms.describe(term)
        axes = self.terms.axes(term)
        if not self.terms.unify(self.terms.axes(state), axes):
            message = f"the state `{name}` is {wanted}, but `{name}'` is {found}"
            help = WIDTH_HELP if len(axes) == 1 else RANK_HELP
            self.terms.clash(span, message, help)

    def _is_first(self, target: tree.Name) -> bool:
        key = f"{target.text}'"
        before = self.places.setdefault(key, target.span)
        if before is target.span:
            return True
        self._duplicate(target, f"`{key}` is given twice", before)
        return False

    def _named(self, term: int, name: str) -> int:
        """The term, under this name unless it has one already."""
        if not self.terms[term].name:
            self.terms[term].name = self.prefix + name
        return term
