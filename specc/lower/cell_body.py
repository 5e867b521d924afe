"""A cell's statements: what it declares, how its states go on, what it yields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import (
    UNDECLARED,
    WRONG_PLACE,
    WRONG_RESULTS,
)
from specc.ir.types import Type
from specc.ir.weights import Start
from specc.lower.cell_checks import check_advanced, check_used, has_state
from specc.lower.cell_declarations import Declarations
from specc.lower.cell_equations import Equations
from specc.lower.cell_flows import Bound, steps_of
from specc.lower.cell_inputs import bind_step, declare_inputs
from specc.lower.cell_names import PathNames, reserved_names
from specc.lower.cell_outside import OutsideTypes, declare_outside
from specc.lower.cell_parameters import Definition
from specc.lower.cell_scope import CellScope
from specc.lower.cell_step import Stepped, Stepper
from specc.lower.cell_terms import RANK_HELP, WIDTH_HELP, Terms
from specc.lower.cell_weights import Part
from specc.lower.constants import Number
from specc.lower.wording import counted
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
        given: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.definition, self.sink = definition, sink
        self.cell, self.chain = definition.cell, (*chain, definition)
        self.prefix = f"{path}." if path else ""
        self.terms = terms or Terms(self.cell.name.text, sink)
        names = {**definition.constants, **arguments}
        self.scope = CellScope(self.terms, names, unknown)
        paths = PathNames(self.prefix, reserved_names(self.cell), sink)
        stepper = Stepper(self.scope, paths, self.chain, self._inline, sink)
        self.equations = Equations(self.scope, paths, stepper, sink)
        self.declared = Declarations(definition, self.scope, self.prefix, given, sink)
        self.inner_initial: dict[str, Start] = {}
        self.inner_params: dict[str, int] = {}
        self.outside: dict[str, int] = {}
        self.output: int | None = None

    def lower(
        self,
        inputs: Sequence[Type] | None,
        outside: OutsideTypes | None,
        span: Span,
    ) -> Part | None:
        """The terms of all statements; None where something was reported.

        `inputs`: the types of what it reads at a step, `outside` those of the values it
        sees; None where there is no use yet. `span`: the use.
        """
        if not declare_inputs(self.definition, self.scope, inputs, span, self.sink):
            return None
        self.outside = declare_outside(self.definition, self.scope, outside)
        return self._lower()

    def _inline(self, stepped: Stepped, sink: Sink) -> tuple[int, ...] | None:
        """What another cell makes of values of this one, in one step."""
        entries = [
            entry.name.text
            for statement in stepped.definition.cell.body.statements
            if isinstance(statement, tree.State)
            for entry in statement.entries
        ]
        inner = CellBody(
            stepped.definition,
            stepped.arguments,
            frozenset(stepped.unknown),
            sink,
            self.chain,
            stepped.path,
            self.terms.inside(stepped.definition.name, sink),
            dict(zip(entries, stepped.states, strict=True)),
        )
        inner.scope.written.update(stepped.unknown)
        fine = bind_step(
            stepped.definition, inner.scope, stepped.inputs, stepped.values
        )
        part = inner._lower() if fine else None
        if part is None:
            return None
        self.inner_initial.update(part.initial)
        self.inner_params.update(part.params)
        states = tuple(part.after[name] for name in part.states)
        return states if part.output is None else (part.output, *states)

    def _lower(self) -> Part | None:
        if not has_state(self.cell, self.sink):
            return None
        self.declared.declare()
        check_advanced(self.cell, self.terms, self.scope.states, self.sink)
        for statement in self.cell.body.statements:
            self._statement(statement)
            self.sink.stop_on_many()
        if not self.sink.failed:  # nothing that follows from a mistake is reported
            given = {*self.scope.locals, *self.equations.flows.lets}
            places = self.declared.places.items()
            named = {name: span for name, span in places if name in given}
            check_used(self.cell, self.terms, self.scope.params, named, self.sink)
        if self.sink.failed:
            return None
        return Part(
            name=self.cell.name.text,
            terms=self.terms,
            states=self.scope.states,
            after=self.scope.after,
            params={
                **{self.prefix + n: t for n, t in self.scope.params.items()},
                **self.inner_params,
            },
            initial={**self.declared.initial, **self.inner_initial},
            output=self.output,
            outside=self.outside,
        )

    # Statements

    def _statement(self, statement: tree.Statement) -> None:
        if isinstance(statement, tree.State | tree.Param):
            return
        if self.output is not None:
            message = "nothing can follow the line that gives the output"
            self.sink.report(WRONG_PLACE, statement.span, message)
            return
        match statement:
            case tree.Let(name=name):
                if self.declared.is_new(name):
                    steps = steps_of(statement.value)
                    self.equations.flows.lets[name.text] = Bound(steps)
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
        if not self.terms.axes(term) or self.terms.is_open(term):
            found = self.terms.describe(term)
            message = f"the output of a cell has fixed axes, found {found}"
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
        if target.text in self.scope.states:
            self.sink.report(
                WRONG_PLACE,
                target.span,
                f"`{target.text}` is the state before the step and cannot change",
                help=f"write `{target.text}'` for the state after it",
            )
            return
        if not self.declared.is_new(target):
            return
        if term is None:
            self.scope.names[target.text] = None
            return
        self.scope.locals[target.text] = self._named(term, target.text)

    def _advance(self, target: tree.Name, term: int | None, span: Span) -> None:
        name, scope = target.text, self.scope
        if name not in scope.states:
            if scope.names.get(name, 0) is not None:
                self.sink.report(
                    UNDECLARED,
                    target.span,
                    f"`{name}'` is no state of this cell",
                    help=did_you_mean(name, scope.states)
                    or f"declare it: `state {name}[units]`",
                )
            return
        if not self._is_first(target):
            return
        if term is None:
            scope.after[name] = scope.states[name]
            return
        self.terms.used_as(term, "scale")
        state = scope.states[name]
        # A stepped cell's states get their names from the cell that holds them.
        scope.after[name] = term if self.prefix else self._named(term, f"{name}'")
        wanted, found = self.terms.describe(state), self.terms.describe(term)
        axes = self.terms.axes(term)
        if not self.terms.unify(self.terms.axes(state), axes):
            message = f"the state `{name}` is {wanted}, but `{name}'` is {found}"
            help = WIDTH_HELP if len(axes) == 1 else RANK_HELP
            self.terms.clash(span, message, help)

    def _is_first(self, target: tree.Name) -> bool:
        key = f"{target.text}'"
        before = self.declared.places.setdefault(key, target.span)
        if before is target.span:
            return True
        self.declared.duplicate(target, f"`{key}` is given twice", before)
        return False

    def _named(self, term: int, name: str) -> int:
        """The term, under this name unless it has one already."""
        if not self.terms[term].name:
            self.terms[term].name = self.prefix + name
        return term
