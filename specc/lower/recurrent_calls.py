"""Calls of cells, `lstm(64, final)`, and of `bi`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from msgspec.structs import replace

from specc.diagnostics import Sink
from specc.diagnostics.codes import (
    MISSING_OPTION,
    NOT_A_VALUE,
    NOT_RECURRENT,
    REPEATED_OPTION,
)
from specc.ir.weights import Start
from specc.lower.arguments import Arguments
from specc.lower.binder import Binder, make_op
from specc.lower.bound_text import bound_text
from specc.lower.cell_arguments import own_arguments
from specc.lower.cell_parameters import Definition
from specc.lower.initial_values import constant
from specc.lower.library import library_cells
from specc.lower.options import Option
from specc.lower.recurrent_options import (
    RecurrentOptions,
    Starts,
    recurrent_options,
    start_options,
)
from specc.lower.scope import Scope
from specc.lower.things import (
    Broken,
    Bundle,
    CellLayer,
    Constant,
    Initial,
    Shared,
    Thing,
    Value,
    describe,
    is_layer,
)
from specc.lower.wording import shown
from specc.ops.recurrent import Merge
from specc.syntax import tree
from specc.text import Span

Rest = Sequence[tuple[Thing, tree.Expression]]
MERGE = Option("merge", "merge", choices=get_args(Merge))


class RecurrentCaller:
    """Makes recurrent layers within one body."""

    def __init__(self, arguments: Arguments, scope: Scope, sink: Sink) -> None:
        self.arguments, self.scope, self.sink = arguments, scope, sink

    def knows(self, name: str) -> bool:
        """Whether a name is `bi` or a cell of the standard library."""
        return name == "bi" or name in library_cells()

    def call(self, call: tree.Call) -> tuple[CellLayer | None, Rest]:
        """The layer, None where something was reported; and what else was given."""
        name = call.function.text
        if name == "bi" and name not in self.scope.file.cells:
            return self._bi(call), ()
        cells = self.scope.file.cells
        definition = cells[name] if name in cells else library_cells()[name]
        return (None, ()) if definition is None else self._cell(call, definition)

    # Cells

    def _cell(
        self, call: tree.Call, definition: Definition
    ) -> tuple[CellLayer | None, Rest]:
        own = tuple(parameter.option for parameter in definition.parameters)
        name = call.function.text
        weights = start_options(definition.cell)
        options = (*own, *recurrent_options(), *weights)
        binder = Binder(
            name, options, self.sink, others=["init", *self.scope.constants]
        )
        init = self._init(call, binder)
        values = {value.name.text for value in definition.values}
        plain = [a for a in call.arguments if not self._is_special(a, values)]
        rest: Rest = self.arguments.bind(plain, binder)
        arguments = own_arguments(call.span, definition.parameters, binder)
        outside, rest = self._outside(call, definition, rest, binder)
        made = self._options(call, binder)
        if arguments is None or made is None or binder.broken or not definition.right:
            return None, rest
        layer = CellLayer(
            definition=definition,
            arguments=arguments,
            options=made,
            span=call.span,
            outside=outside,
            init=init,
            direction="backward" if made.reverse else "forward",
            starts=_starts(weights, binder),
            text=bound_text(call, self.scope.constants),
        )
        return layer, rest

    def _outside(
        self, call: tree.Call, definition: Definition, rest: Rest, binder: Binder
    ) -> tuple[tuple[tuple[Value, Span], ...], Rest]:
        """The values that a cell sees, by name or in order; and what is left."""
        spare = list(rest)
        found: list[tuple[Value, Span]] = []
        for value in definition.values:
            name = value.name.text
            named = [a for a in call.arguments if a.name and a.name.text == name]
            if len(named) > 1:
                binder.broken = True
                message = f"`{name}` of `{binder.layer}` is given twice"
                help = "leave one out"
                self.sink.report(REPEATED_OPTION, named[1].span, message, help=help)
                continue
            given = [(self.arguments.evaluate(a.value), a.value) for a in named]
            given = given or spare[:1]
            spare = spare if named else spare[1:]
            if not given:
                self._miss_value(call, name, value.type.span.text, binder)
                continue
            thing, written = given[0]
            if isinstance(thing, Value):
                found.append((thing, written.span))
                continue
            binder.broken = True
            if not isinstance(thing, Broken):
                message = f"`{name}` is a value, found {describe(thing)}"
                self.sink.report(NOT_A_VALUE, written.span, message)
        return tuple(found), spare

    def _miss_value(
        self, call: tree.Call, name: str, type: str, binder: Binder
    ) -> None:
        if binder.broken:
            return
        binder.broken = True
        message = f"`{binder.layer}` needs the value `{name}: {type}`"
        help = f"give it by name, as in `{name} = ...`, or after the numbers"
        self.sink.report(MISSING_OPTION, call.span, message, help=help)

    def _is_special(self, argument: tree.Argument, values: set[str]) -> bool:
        """Whether it is `init` or a value."""
        name = argument.name
        return name is not None and name.text in ("init", *values)

    def _init(self, call: tree.Call, binder: Binder) -> Initial | None:
        given = [a for a in call.arguments if a.name and a.name.text == "init"]
        for again in given[1:]:
            binder.broken = True
            message = f"`init` of `{binder.layer}` is given twice"
            self.sink.report(REPEATED_OPTION, again.span, message, help="leave one out")
        if not given:
            return None
        thing = self.arguments.evaluate(given[0].value)
        if isinstance(thing, Value | Bundle | Constant):
            return Initial(thing, given[0].value.span)
        binder.broken = True
        if not isinstance(thing, Broken):
            message = f"`init` takes states, found {describe(thing)}"
            self.sink.report(NOT_A_VALUE, given[0].value.span, message)
        return None

    def _options(self, call: tree.Call, binder: Binder) -> RecurrentOptions | None:
        general = recurrent_options()
        fields = {option.field for option in general}
        options = Binder(binder.layer, general, self.sink)
        options.broken = binder.broken
        options.given = {f: g for f, g in binder.given.items() if f in fields}
        made = make_op(RecurrentOptions, options, call.span)
        return made if isinstance(made, RecurrentOptions) else None

    # Both directions

    def _bi(self, call: tree.Call) -> CellLayer | None:
        cells = self.scope.file.cells
        words = {*library_cells(), *cells}
        binder = Binder("bi", (MERGE,), self.sink, others=words)
        rest = self.arguments.bind(call.arguments, binder, layers=True)
        if binder.broken or any(isinstance(thing, Broken) for thing, _ in rest):
            return None
        thing, written = rest[0] if rest else (None, call)
        if len(rest) != 1 or not isinstance(thing, CellLayer):
            self._not_recurrent(thing, written, len(rest))
            return None
        if thing.direction != "forward":
            self._not_forward(thing, written)
            return None
        given = binder.given.get("merge")
        text = bound_text(call, self.scope.constants)
        layer = replace(thing, span=call.span, direction="both", text=text)
        if given is None:
            return layer
        return replace(layer, merge=given.value)

    def _not_recurrent(
        self, thing: Thing | None, written: tree.Expression, count: int
    ) -> None:
        found, help = f"`{shown(written.span)}`", "as in `bi(lstm(64))`"
        if count > 1:
            found, help = "several arguments", "give it one: `bi(lstm(64))`"
        elif thing is None:
            found = "nothing"
        elif isinstance(thing, Shared):
            help = f"bind it whole instead: `let {thing.name} = bi(...)`"
        elif not is_layer(thing):
            found = describe(thing)
        self.sink.report(
            NOT_RECURRENT,
            written.span,
            f"`bi` runs a recurrent layer in both directions, found {found}",
            help=help,
        )

    def _not_forward(self, layer: CellLayer, written: tree.Expression) -> None:
        message = f"`{shown(written.span)}` has a direction of its own"
        help = "`bi` runs backwards already: leave `reverse` out"
        if layer.direction == "both":
            help = "leave one `bi` out"
        self.sink.report(NOT_RECURRENT, written.span, message, help=help)


def _starts(options: Sequence[Option], binder: Binder) -> Starts:
    """How the use wants single weights to start; a number is one for all of it."""
    found: list[tuple[str, Start]] = []
    for option in options:
        given = binder.given.get(option.field)
        if given is None:
            continue
        value = given.value
        if isinstance(value, int | float):
            value = constant(value)
        found.append((option.word, value))  # type: ignore[arg-type]
    return tuple(found)
