"""Calls of cells, `lstm(64, final)`, and of `bi`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from specc.diagnostics import Sink
from specc.diagnostics.codes import (
    NOT_A_VALUE,
    NOT_RECURRENT,
    NOT_YET,
    REPEATED_OPTION,
)
from specc.ir.op import UNIT_LIMIT
from specc.lower.arguments import Arguments
from specc.lower.binder import Binder, Given, make_op
from specc.lower.cell_parameters import Definition, Parameter
from specc.lower.constants import Number
from specc.lower.library import library_cells
from specc.lower.options import Option
from specc.lower.recurrent_options import (
    FUTURE_OPTIONS,
    RecurrentOptions,
    recurrent_options,
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
from specc.lower.wording import number_text, shown
from specc.ops.recurrent import Merge
from specc.syntax import tree

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
        options = (*own, *recurrent_options())
        binder = Binder(
            name, options, self.sink, others=["init", *self.scope.constants]
        )
        init = self._init(call, binder)
        plain = [a for a in call.arguments if not self._is_special(a, binder)]
        rest = self.arguments.bind(plain, binder)
        arguments = self._own_arguments(call, definition.parameters, binder)
        made = self._options(call, binder)
        if arguments is None or made is None or not definition.right:
            return None, rest
        layer = CellLayer(
            definition=definition,
            arguments=arguments,
            options=made,
            span=call.span,
            init=init,
            direction="backward" if made.reverse else "forward",
        )
        return layer, rest

    def _is_special(self, argument: tree.Argument, binder: Binder) -> bool:
        """Whether it is `init`, taken elsewhere, or an option without meaning yet."""
        name = argument.name
        if name is None or name.text not in ("init", *FUTURE_OPTIONS):
            return False
        if name.text != "init":
            binder.broken = True
            message = f"`{name.text}` of a recurrent layer has no meaning yet"
            self.sink.report(NOT_YET, name.span, message)
        return True

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

    def _own_arguments(
        self, call: tree.Call, parameters: Sequence[Parameter], binder: Binder
    ) -> dict[str, Number | str] | None:
        """The cell's own arguments, given or by default."""
        found: dict[str, Number | str] = {}
        for parameter in parameters:
            given = binder.given.get(parameter.option.field)
            if given is not None:
                self._check(parameter, given, binder)
                found[parameter.name] = given.value
            elif parameter.default is not None:
                found[parameter.name] = parameter.default
            elif not binder.broken:
                binder.miss(parameter.option, call.span)
        return None if binder.broken else found

    def _check(self, parameter: Parameter, given: Given, binder: Binder) -> None:
        value = given.value
        if isinstance(value, str) or not (parameter.whole or parameter.size):
            return
        wanted = "a whole number"
        if isinstance(value, int):
            if not parameter.size or 1 <= value <= UNIT_LIMIT:
                return
            wanted = "at least 1" if value < 1 else f"at most {UNIT_LIMIT:,}"
        binder.refuse(
            given.span,
            f"`{parameter.name}` of `{binder.layer}` must be {wanted}, "
            f"found {number_text(value)}",
        )

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
        layer = replace(thing, span=call.span, direction="both")
        if given is None:
            return layer
        return replace(layer, merge=given.value)  # type: ignore[arg-type]

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
