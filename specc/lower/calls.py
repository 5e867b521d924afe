"""Calls and bare names of layers: `dense(64, relu)`, `mean`, `dot(a, b)`."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import convert
from msgspec.structs import replace

from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import UNKNOWN_LAYER, WRONG_PLACE
from specc.ir.op import Op
from specc.lower.apply import Applier
from specc.lower.arguments import Arguments, Evaluate
from specc.lower.binder import Binder, make_op
from specc.lower.block_calls import BlockCaller
from specc.lower.bound_text import bound_text
from specc.lower.contraction import contract_layer
from specc.lower.feedback import feedback_layer
from specc.lower.foreign import layer_here
from specc.lower.join import join_layer
from specc.lower.language import is_layer_name, layer_words
from specc.lower.named_axes import NamedAxes, along, has_axis
from specc.lower.options import AXIS, op_options
from specc.lower.recurrent_calls import RecurrentCaller
from specc.lower.scope import Scope
from specc.lower.things import (
    Broken,
    Bundle,
    Layer,
    OpLayer,
    Thing,
    Value,
    describe,
)
from specc.lower.tied import tied_layer
from specc.lower.wording import shown
from specc.ops import find_layer
from specc.ops.function import FUNCTIONS, Function
from specc.syntax import tree


class Caller:
    """Resolves the layers that a body names."""

    def __init__(
        self,
        evaluate: Evaluate,
        scope: Scope,
        applier: Applier,
        blocks: BlockCaller,
        sink: Sink,
    ) -> None:
        self.scope, self.applier, self.sink = scope, applier, sink
        self.arguments = Arguments(evaluate, scope, sink)
        self.axes = NamedAxes(scope, sink)
        self.blocks = blocks
        self.recurrent = RecurrentCaller(self.arguments, scope, sink)

    def knows(self, name: str) -> bool:
        """Whether a name is a layer of the language, a cell or a block."""
        file = self.scope.file
        return is_layer_name(name) or name in file.cells or self.blocks.knows(name)

    def bare(self, name: tree.Name) -> Thing:
        """A layer named without parentheses."""
        return self.call(tree.Call(name.span, name, (), None, bare=True))

    def call(self, call: tree.Call) -> Thing:
        """The layer a call makes, or the value where it is given values."""
        name, file = call.function.text, self.scope.file
        if name in self.scope.names:
            return self._not_called(call)
        function = self.scope.function(name)
        if function is not None:
            name = function
            call = replace(call, function=replace(call.function, text=name))
        if self.blocks.knows(name):
            return self.blocks.call(call)
        if name == "feedback":
            nested = self.blocks.nested
            return feedback_layer(call, self.arguments, nested, self.applier, self.sink)
        if call.body is not None and self.knows(name):
            message = f"`{name}` takes no body in braces"
            help = f"what it is given stands in `( )`, as in `{name}(...)`"
            self.sink.report(WRONG_PLACE, call.body.span, message, help=help)
            return Broken()
        if name == "step":
            return self._step(call)
        if name == "join":
            return self._applied(call, *self._join(call))
        if name == "contract":
            return self._applied(call, *self._contract(call))
        if name == "tied":
            return tied_layer(call, self.arguments, self.applier, self.sink)
        if name in file.cells or self.recurrent.knows(name):
            return self._applied(call, *self.recurrent.call(call))
        if find_layer(name) is not None or name in FUNCTIONS:
            return self._applied(call, *self._op(call))
        return self._unknown(call)

    def _op(
        self, call: tree.Call
    ) -> tuple[Layer | None, Sequence[tuple[Thing, tree.Expression]]]:
        name = call.function.text
        op = find_layer(name)
        options = () if op is None else op_options(op)
        binder = Binder(name, options, self.sink, others=self.scope.constants)
        axis, arguments, fine = None, call.arguments, True
        if op is not None and has_axis(op):
            words = [c for o in options if o.field == AXIS for c in o.choices]
            axis, arguments, fine = self.axes.take(call, words)
        rest = self.arguments.bind(arguments, binder)
        made = _function(name) if op is None else make_op(op, binder, call.span)
        if made is None or binder.broken or not fine:
            return None, rest
        text = bound_text(call, self.scope.constants)
        layer = OpLayer(made, name, call.span, text)
        return layer if axis is None else along(layer, axis, self.applier), rest

    def _contract(
        self, call: tree.Call
    ) -> tuple[Layer | None, Sequence[tuple[Thing, tree.Expression]]]:
        binder = Binder("contract", (), self.sink)
        axis, arguments, fine = self.axes.take(call)
        rest = self.arguments.bind(arguments, binder)
        if binder.broken or not fine:
            return None, ()
        return contract_layer(call, axis, self.applier, self.sink), rest

    def _join(
        self, call: tree.Call
    ) -> tuple[Layer | None, Sequence[tuple[Thing, tree.Expression]]]:
        binder = Binder("join", (), self.sink)
        rest = self.arguments.bind(call.arguments, binder)
        if binder.broken:
            return None, ()
        return join_layer(self.applier, call.span, self.sink), rest

    def _applied(
        self,
        call: tree.Call,
        layer: Layer | None,
        rest: Sequence[tuple[Thing, tree.Expression]],
    ) -> Thing:
        """The layer, applied to the values among its arguments, if there are any."""
        if layer is None:
            return Broken()
        if not rest:
            return layer
        values = Bundle(tuple(thing for thing, _ in rest))
        return self.applier.apply(layer, values, call.span)

    # Refusals

    def _step(self, call: tree.Call) -> Thing:
        message = "`step` advances a cell inside another cell; a model has no steps"
        inner = call.arguments[0].value if call.arguments else None
        written = "lstm(64)" if inner is None else shown(inner.span)
        help = f"run the cell along the sequence: `x -> {written}`"
        self.sink.report(WRONG_PLACE, call.span, message, help=help)
        return Broken()

    def _not_called(self, call: tree.Call) -> Thing:
        name = call.function.text
        thing = self.scope.names[name]
        self.scope.used.add(name)
        if isinstance(thing, Broken):
            return thing
        help = f"apply it with an arrow: `value -> {name}`"
        if isinstance(thing, Value | Bundle):
            help = "rename the value, if a layer of that name is meant"
        message = f"`{name}` is {describe(thing)} and takes no arguments"
        self.sink.report(WRONG_PLACE, call.span, message, help=help)
        return Broken()

    def _unknown(self, call: tree.Call) -> Thing:
        name = call.function.text
        file = self.scope.file
        known = {*layer_words(), *file.cells, *file.blocks, *self.scope.names}
        message = f"no layer is called `{name}`"
        help = layer_here(name, known) or did_you_mean(name, known)
        if help is None:
            help = (
                "what is no layer of the language is declared as a `block` or a `cell`"
            )
        self.sink.report(UNKNOWN_LAYER, call.function.span, message, help=help)
        return Broken()


def _function(name: str) -> Op:
    return convert({"function": name}, Function)
