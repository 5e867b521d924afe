"""Calls and bare names of layers: `dense(64, relu)`, `bi(lstm(64))`, `mean`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, get_args

from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import (
    MISSING_OPTION,
    NOT_A_VALUE,
    NOT_RECURRENT,
    NOT_YET,
    REPEATED_OPTION,
    UNKNOWN_LAYER,
    WRONG_OPTION,
)
from specc.lower.library import library_cells
from specc.lower.options import Binder, Option, make_op, op_options
from specc.lower.recurrent_options import (
    RecurrentOptions,
    parameter_option,
    recurrent_options,
)
from specc.lower.things import (
    Broken,
    Bundle,
    CellLayer,
    Constant,
    OpLayer,
    Thing,
    Value,
    Word,
    describe,
)
from specc.ops import find_op, layer_names
from specc.ops.function import FUNCTIONS, Function
from specc.ops.recurrent import Merge
from specc.syntax import tree
from specc.text import Span

if TYPE_CHECKING:
    from specc.lower.body import Body

FUTURE: frozenset[str] = frozenset(
    (
        *("positions", "one_hot", "lstm_peephole", "lstm_coupled", "mgu", "min_gru"),
        *("min_lstm", "sru", "qrnn", "lru", "depthwise", "separable", "attend"),
        *("self_attend", "cross_attend", "batchnorm", "rmsnorm", "noise", "reshape"),
        *("repeat_vector", "reverse", "crop", "upsample", "transpose", "subtract"),
        *("multiply", "average", "maximum", "cosine", "distance", "residual"),
        *("highway", "densely", "gated", "tied", "pair", "feedback", "join"),
        *("contract", "step"),
    )
)
"""Layers of the language that have no meaning yet."""
FUTURE_OPTIONS = ("dropout", "recurrent_dropout")


class Caller:
    """Resolves the layers that a body names."""

    def __init__(
        self,
        body: Body,
        cells: Mapping[str, tree.Cell],
        used_cells: set[str],
        sink: Sink,
    ) -> None:
        self.body, self.cells, self.used_cells = body, cells, used_cells
        self.sink = sink

    def knows(self, name: str) -> bool:
        """Whether a name is a layer of the language or a cell."""
        return (
            name in ("bi", *FUNCTIONS)
            or name in FUTURE
            or name in layer_names()
            or self._cell(name) is not None
        )

    def suggestion(self, name: str) -> str | None:
        """A layer with a similar name."""
        known = {"bi", *FUNCTIONS, *layer_names(), *FUTURE, *self.cells}
        return did_you_mean(name, known | set(library_cells()))

    def bare(self, name: tree.Name) -> Thing:
        """A layer named without parentheses."""
        return self.call(tree.Call(name.span, name, (), None, bare=True))

    def call(self, call: tree.Call) -> Thing:
        """The layer a call makes, or the value where it is given values."""
        name = call.function.text
        if name in self.body.names:
            message = f"`{name}` takes no arguments"
            self.sink.report(WRONG_OPTION, call.span, message)
            return Broken()
        if call.body is not None or name in FUTURE:
            what = f"`{name}`" if name in FUTURE else "a layer with a body"
            self.sink.report(NOT_YET, call.span, f"{what} has no meaning yet")
            return Broken()
        cell = self._cell(name)
        if name == "bi":
            return self._bi(call)
        if cell is not None:
            return self._recurrent(call, cell)
        op = find_op(name) if name in layer_names() else None
        if op is None and name not in FUNCTIONS:
            self.sink.report(
                UNKNOWN_LAYER,
                call.function.span,
                f"no layer is called `{name}`",
                help=self.suggestion(name),
            )
            return Broken()
        binder = Binder(name, () if op is None else op_options(op), self.sink)
        values = self._bind(call.arguments, binder, None)
        made = (
            make_op(op, binder, call.span)
            if op is not None
            else Function.model_validate({"function": name})
        )
        if made is None or binder.broken:
            return Broken()
        layer = OpLayer(made, name, call.span)
        if not values:
            return layer
        return self.body.applier.apply(layer, Bundle(tuple(values)), call.span)

    def _cell(self, name: str) -> tree.Cell | None:
        if name in self.cells:
            self.used_cells.add(name)
            return self.cells[name]
        if name in FUNCTIONS or name in layer_names():
            return None
        return library_cells().get(name)

    # Arguments

    def _bind(
        self,
        arguments: tuple[tree.Argument, ...],
        binder: Binder,
        layer: CellLayer | None,
    ) -> list[Thing]:
        """Give a binder the arguments; returns those that are values of the model."""
        values: list[Thing] = []
        for argument in arguments:
            if argument.name is None:
                values += self._positional(argument.value, binder)
            else:
                self._named(argument.name, argument.value, binder)
        return values

    def _positional(self, written: tree.Expression, binder: Binder) -> list[Thing]:
        if isinstance(written, tree.Name) and not written.primed:
            hidden = self.body.is_value(written.text)
            if binder.bare(written, hidden):
                return []
            if not hidden:
                binder.unknown(written)
                return []
        thing = self.body.expression(written)
        if isinstance(thing, Constant):
            binder.positional(thing.value, written.span)
        elif isinstance(thing, Word):
            binder.positional(thing.text, written.span)
        elif isinstance(thing, Value | Bundle):
            return [thing]
        else:
            binder.fail()
            if not isinstance(thing, Broken):
                message = f"`{binder.layer}` cannot take {describe(thing)} here"
                self.sink.report(WRONG_OPTION, written.span, message)
        return []

    def _named(self, name: tree.Name, written: tree.Expression, binder: Binder) -> None:
        words = {option.word for option in binder.options}
        if name.text in FUTURE_OPTIONS and name.text not in words and "final" in words:
            binder.fail()
            message = f"`{name.text}` of a recurrent layer has no meaning yet"
            self.sink.report(NOT_YET, name.span, message)
            return
        if name.text not in words:
            binder.unknown(name)
            return
        if isinstance(written, tree.Name) and written.text not in self.body.constants:
            binder.named(name, written.text, written.span)
            return
        thing = self.body.expression(written)
        if isinstance(thing, Constant):
            binder.named(name, thing.value, written.span)
        elif isinstance(thing, Word):
            binder.named(name, thing.text, written.span)
        else:
            binder.fail()
            if not isinstance(thing, Broken):
                message = f"`{name.text}` cannot be {describe(thing)}"
                self.sink.report(WRONG_OPTION, written.span, message)

    # Recurrent layers

    def _recurrent(self, call: tree.Call, cell: tree.Cell) -> Thing:
        parameters = self._parameters(cell)
        if parameters is None:
            return Broken()
        taken = frozenset(option.word for option in parameters)
        general = recurrent_options(taken)
        name = call.function.text
        binder = Binder(name, (*parameters, *general), self.sink)
        init = self._take_init(call, binder)
        plain = tuple(a for a in call.arguments if a.name is None or not _is_init(a))
        values = self._bind(plain, binder, None)
        arguments = self._arguments(cell, parameters, binder, call.span)
        fields = {option.field for option in general}
        options = Binder(name, general, self.sink)
        options.given = {f: g for f, g in binder.given.items() if f in fields}
        made = make_op(RecurrentOptions, options, call.span)
        if binder.broken or arguments is None or not isinstance(made, RecurrentOptions):
            return Broken()
        layer = CellLayer(
            cell=cell,
            constants=self.body.constants if name in self.cells else {},
            arguments=arguments,
            options=made,
            span=call.span,
            init=init,
            direction="backward" if made.reverse else "forward",
        )
        if not values:
            return layer
        return self.body.applier.apply(layer, Bundle(tuple(values)), call.span)

    def _parameters(self, cell: tree.Cell) -> tuple[Option, ...] | None:
        found = [parameter_option(parameter) for parameter in cell.parameters]
        known = [option for option in found if option is not None]
        if len(known) == len(found):
            return tuple(known)
        for option, parameter in zip(found, cell.parameters, strict=True):
            if option is None:
                message = "a cell's parameter of this kind has no meaning yet"
                self.sink.report(NOT_YET, parameter.span, message)
        return None

    def _take_init(self, call: tree.Call, binder: Binder) -> Thing | None:
        given = [argument for argument in call.arguments if _is_init(argument)]
        for again in given[1:]:
            binder.fail()
            message = f"`init` of `{binder.layer}` is given twice"
            self.sink.report(REPEATED_OPTION, again.span, message)
        if not given:
            return None
        thing = self.body.expression(given[0].value)
        if isinstance(thing, Value | Bundle | Constant):
            return thing
        binder.fail()
        if not isinstance(thing, Broken):
            message = f"`init` takes states, found {describe(thing)}"
            self.sink.report(NOT_A_VALUE, given[0].value.span, message)
        return None

    def _arguments(
        self,
        cell: tree.Cell,
        parameters: tuple[Option, ...],
        binder: Binder,
        span: Span,
    ) -> dict[str, int | float | str] | None:
        """The cell's own arguments: given, or by default."""
        found: dict[str, int | float | str] = {}
        for option, parameter in zip(parameters, cell.parameters, strict=True):
            given = binder.given.get(option.field)
            if given is not None:
                if not self._has_kind(parameter, given.value, given.span):
                    binder.fail()
                found[option.field] = given.value
            elif isinstance(parameter.default, tree.Name) and option.choices:
                found[option.field] = parameter.default.text
            elif parameter.default is not None:
                default = self.body.default(parameter.default)
                if default is None:
                    return None
                found[option.field] = default
            else:
                binder.fail()
                self.sink.report(
                    MISSING_OPTION,
                    span,
                    f"`{binder.layer}` needs `{option.word}`",
                    help=f"as in `{binder.layer}(64)`",
                )
        return None if binder.broken else found

    def _has_kind(self, parameter: tree.Parameter, value: object, span: Span) -> bool:
        kind = parameter.kind.dtype.text if parameter.kind is not None else "float"
        if kind != "int" or isinstance(value, int):
            return True
        message = f"`{parameter.name.text}` must be a whole number, found {value}"
        self.sink.report(WRONG_OPTION, span, message)
        return False

    def _bi(self, call: tree.Call) -> Thing:
        merge_option = Option("merge", "merge", choices=get_args(Merge), bare=True)
        binder = Binder("bi", (merge_option,), self.sink)
        inner: list[Thing] = []
        for argument in call.arguments:
            written = argument.value
            if argument.name is not None:
                self._named(argument.name, written, binder)
            elif isinstance(written, tree.Name) and binder.bare(written, False):
                continue
            else:
                inner.append(self.body.expression(written))
        if binder.broken or any(isinstance(thing, Broken) for thing in inner):
            return Broken()
        layer = inner[0] if len(inner) == 1 else None
        if not isinstance(layer, CellLayer) or layer.direction != "forward":
            found = "several arguments" if len(inner) > 1 else "nothing"
            if len(inner) == 1:
                found = f"`{call.arguments[0].value.span.text}`"
            self.sink.report(
                NOT_RECURRENT,
                call.span,
                f"`bi` runs a recurrent layer in both directions, found {found}",
                help="as in `bi(lstm(64))`",
            )
            return Broken()
        merge = binder.given["merge"].value if "merge" in binder.given else "concat"
        return CellLayer(
            cell=layer.cell,
            constants=layer.constants,
            arguments=layer.arguments,
            options=layer.options,
            span=call.span,
            init=layer.init,
            direction="both",
            merge=merge,  # type: ignore[arg-type]
        )


def _is_init(argument: tree.Argument) -> bool:
    return argument.name is not None and argument.name.text == "init"
