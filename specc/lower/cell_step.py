"""`step(lstm(units))` inside a cell: another cell's equations, for one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import (
    RECURSIVE_BLOCK,
    TOO_LARGE,
    WRONG_ARITY,
    WRONG_PLACE,
)
from specc.lower.binder import Binder
from specc.lower.cell_arguments import own_arguments
from specc.lower.cell_names import PathNames
from specc.lower.cell_parameters import Definition
from specc.lower.cell_scope import CellScope
from specc.lower.cell_terms import Term
from specc.lower.constants import Number
from specc.lower.library import library_cells
from specc.lower.walk import names_in
from specc.lower.wording import counted, shown
from specc.syntax import tree

STEP_LIMIT = 20


class Stepped(Struct, frozen=True):
    """A cell to be advanced inside another: under which path, from which values."""

    definition: Definition
    arguments: Mapping[str, Number | str]
    unknown: Mapping[str, int]
    path: str
    inputs: tuple[int, ...]
    states: tuple[int, ...]
    values: tuple[int, ...]


Evaluate = Callable[[Sequence[tree.Expression]], tuple[int, ...] | None]
"""Makes terms of expressions; None where one was reported."""
Inline = Callable[[Stepped, Sink], tuple[int, ...] | None]


class Stepper:
    """Advances other cells inside one cell.

    `chain`: the cells that are being lowered, the outermost first.
    """

    def __init__(
        self,
        scope: CellScope,
        names: PathNames,
        chain: tuple[Definition, ...],
        inline: Inline,
        sink: Sink,
    ) -> None:
        self.scope, self.names, self.sink = scope, names, sink
        self.chain, self.inline = chain, inline

    def knows(self, name: str) -> bool:
        """Whether a name is a cell."""
        return name in self.chain[-1].cells or name in library_cells()

    def advance(
        self,
        call: tree.Call,
        terms: tuple[int, ...],
        label: tree.Name | None,
        evaluate: Evaluate,
    ) -> tuple[int, ...] | None:
        """The states after the step, after the output where that is no state."""
        inner = self._inner(call)
        if inner is None:
            return None
        name = inner.function.text
        own = self.chain[-1].cells
        definition = own[name] if name in own else library_cells()[name]
        if definition is None or not definition.right:
            return None
        if not self._may_step(definition, call):
            return None
        options = tuple(parameter.option for parameter in definition.parameters)
        binder = Binder(name, options, self.sink)
        written = self._values(inner, definition, binder)
        arguments = own_arguments(inner.span, definition.parameters, binder)
        values = evaluate(written)
        path = self.names.path(name, label)
        if arguments is None or values is None or path is None:
            return None
        states = [
            entry
            for statement in definition.cell.body.statements
            if isinstance(statement, tree.State)
            for entry in statement.entries
        ]
        count = len(definition.inputs)
        if len(terms) != count + len(states):
            self._wrong_count(
                call, definition, [s.name.text for s in states], len(terms)
            )
            return None
        given = {
            p.name: binder.given.get(p.option.field) for p in definition.parameters
        }
        unknown = {
            parameter: self.scope.size_of_text(shown(argument.span))
            for parameter, argument in given.items()
            if argument is not None
            and self.scope.unknown & self._names_at(inner, argument.span)
        }
        stepped = Stepped(
            definition,
            arguments,
            unknown,
            path,
            tuple(
                self._step_input(term, f"{path}.{given.name}")
                for term, given in zip(terms, definition.inputs, strict=False)
            ),
            terms[count:],
            values,
        )
        return self._inlined(stepped, call)

    def _inlined(self, stepped: Stepped, call: tree.Call) -> tuple[int, ...] | None:
        found = Sink()
        result = self.inline(stepped, found)
        for diagnostic in found.diagnostics:
            use = Label(call.span, "stepped here")
            self.sink.add(replace(diagnostic, labels=(*diagnostic.labels, use)))
        return result

    def _names_at(self, inner: tree.Call, span: object) -> frozenset[str]:
        found = [a.value for a in inner.arguments if a.value.span == span]
        return frozenset[str]().union(*(names_in(value) for value in found))

    def _values(
        self, inner: tree.Call, definition: Definition, binder: Binder
    ) -> list[tree.Expression]:
        """The values that the other cell sees, by name or in order."""
        names = {value.name.text for value in definition.values}
        plain = [a for a in inner.arguments if not a.name or a.name.text not in names]
        spare = self.names.bind(
            replace(inner, arguments=tuple(plain)), binder, self.scope
        )
        found = []
        for value in definition.values:
            name = value.name.text
            given = [a.value for a in inner.arguments if a.name and a.name.text == name]
            found += given or spare[:1]
            spare = spare if given else spare[1:]
        for written in spare:
            binder.refuse(
                written.span,
                f"`{binder.layer}` has no place for `{shown(written.span)}`",
            )
        if len(found) != len(names) and not binder.broken:
            binder.broken = True
            message = (
                f"`{binder.layer}` sees {counted(len(names), 'value')}, "
                f"found {len(found)}"
            )
            help = f"give them after the numbers: {', '.join(sorted(names))}"
            self.sink.report(WRONG_ARITY, inner.span, message, help=help)
        return found

    def _step_input(self, term: int, name: str) -> int:
        """The input of the step, which is none of the outer cell's states."""
        terms = self.scope.terms
        alias = Term(
            "function",
            "linear",
            (term,),
            terms.axes(term),
            terms[term].span,
            name=name,
        )
        return terms.add(alias)

    def _inner(self, call: tree.Call) -> tree.Call | None:
        """The cell in `step(...)`, with its arguments."""
        inner = call.arguments[0].value if len(call.arguments) == 1 else None
        if isinstance(inner, tree.Name):
            inner = tree.Call(inner.span, inner, (), None, bare=True)
        named = any(argument.name is not None for argument in call.arguments)
        if (
            isinstance(inner, tree.Call)
            and not named
            and self.knows(inner.function.text)
        ):
            return inner
        message = "`step` takes a cell and its arguments"
        help = "as in `h', c' = (x, h, c) -> step(lstm(units))`"
        self.sink.report(WRONG_PLACE, call.span, message, help=help)
        return None

    def _may_step(self, definition: Definition, call: tree.Call) -> bool:
        if not any(definition is one for one in self.chain):
            return self._is_shallow(call)
        names = [one.name for one in (*self.chain, definition)]
        circle = " -> ".join(f"`{name}`" for name in names)
        message = f"these cells step each other without end: {circle}"
        self.sink.report(RECURSIVE_BLOCK, call.span, message)
        return False

    def _is_shallow(self, call: tree.Call) -> bool:
        if len(self.chain) < STEP_LIMIT:
            return True
        message = f"cells step each other more than {STEP_LIMIT} deep"
        self.sink.report(TOO_LARGE, call.span, message)
        return False

    def _wrong_count(
        self, call: tree.Call, definition: Definition, states: list[str], found: int
    ) -> None:
        name, inputs = definition.name, [given.name for given in definition.inputs]
        wanted = ", ".join([*inputs, *states])
        what = "its input" if len(inputs) == 1 else f"{len(inputs)} inputs"
        self.sink.report(
            WRONG_ARITY,
            call.span,
            f"a step of `{name}` takes {what} and {counted(len(states), 'state')}, "
            f"found {counted(found, 'value')}",
            help=f"as in `({wanted}) -> step({name}(...))`",
        )
