"""Uses of blocks: arguments, layers in braces, and the body under their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import (
    MISSING_OPTION,
    NOT_A_LAYER,
    RECURSIVE_BLOCK,
    REPEATED_OPTION,
    TOO_LARGE,
    WRONG_ARITY,
    WRONG_PLACE,
)
from specc.ir.formula import Formula
from specc.lower.apply import Applier
from specc.lower.arguments import Arguments, Evaluate
from specc.lower.binder import Binder
from specc.lower.block_inputs import bind_inputs
from specc.lower.constants import Number
from specc.lower.library import library_blocks
from specc.lower.nested import Nested
from specc.lower.scope import BlockDefinition, Scope
from specc.lower.things import (
    Broken,
    Bundle,
    Deferred,
    Layer,
    Thing,
    describe,
    is_layer,
)
from specc.lower.wording import counted
from specc.syntax import tree

BLOCK_LIMIT = 50
"""Far from where Python refuses to go deeper."""
RunBlock = Callable[[Scope, tree.Body], Thing]
Layers = dict[str, Layer]


class BlockCaller:
    """Makes layers of the blocks that one body names."""

    def __init__(
        self,
        evaluate: Evaluate,
        nested: Nested,
        scope: Scope,
        applier: Applier,
        run_block: RunBlock,
        sink: Sink,
    ) -> None:
        self.nested, self.scope, self.applier = nested, scope, applier
        self.evaluate, self.run_block, self.sink = evaluate, run_block, sink
        self.arguments = Arguments(evaluate, scope, sink)

    def knows(self, name: str) -> bool:
        """Whether a name is a block of the file or of the standard library."""
        file = self.scope.file
        return name in file.blocks or (
            name not in file.cells and name in library_blocks()
        )

    def call(self, call: tree.Call) -> Thing:
        """The layer a use of a block is, or its values where it is given values."""
        name, blocks = call.function.text, self.scope.file.blocks
        definition = blocks[name] if name in blocks else library_blocks()[name]
        if definition is None:
            return Broken()
        options = tuple(parameter.option for parameter in definition.parameters)
        binder = Binder(name, options, self.sink, others=definition.layers)
        layers = self._named_layers(call, definition, binder)
        plain = [
            argument
            for argument in call.arguments
            if argument.name is None or argument.name.text not in definition.layers
        ]
        rest = self.arguments.bind(plain, binder, layers=bool(definition.layers))
        values = []
        for thing, written in rest:
            if is_layer(thing):
                self._place(thing, written, definition, layers, binder)
            else:
                values.append(thing)
        if call.body is not None:
            self._trailing(call, call.body, definition, layers, binder)
        numbers = self._numbers(call, definition, binder)
        self._check_layers(call, definition, layers, binder)
        if binder.broken:
            return Broken()
        layer = self._layer(call, definition, numbers, layers)
        if not values:
            return layer
        flowing = values[0] if len(values) == 1 else Bundle(tuple(values))
        return self.applier.apply(layer, flowing, call.span)

    # Arguments

    def _numbers(
        self, call: tree.Call, definition: BlockDefinition, binder: Binder
    ) -> dict[str, Number | str]:
        """Numbers and functions, given or by default."""
        found: dict[str, Number | str] = {}
        for parameter in definition.parameters:
            given = binder.given.get(parameter.option.field)
            if given is not None:
                if parameter.whole and not isinstance(given.value, int):
                    message = (
                        f"`{parameter.name}` of `{binder.layer}` must be a whole "
                        f"number, found {given.value}"
                    )
                    binder.refuse(given.span, message)
                assert not isinstance(given.value, Formula), "no parameter takes one"
                found[parameter.name] = given.value
            elif parameter.default is not None:
                found[parameter.name] = parameter.default
            elif not binder.broken:
                binder.miss(parameter.option, call.span)
        return found

    def _named_layers(
        self, call: tree.Call, definition: BlockDefinition, binder: Binder
    ) -> Layers:
        found: Layers = {}
        for argument in call.arguments:
            if argument.name is None or argument.name.text not in definition.layers:
                continue
            thing = self.evaluate(argument.value)
            if is_layer(thing):
                self._set(argument.name.text, thing, argument, found, binder)
            else:
                binder.broken = True
                self._not_a_layer(thing, argument.name.text, argument.value)
        return found

    def _place(
        self,
        thing: Layer,
        written: tree.Expression,
        definition: BlockDefinition,
        layers: Layers,
        binder: Binder,
    ) -> None:
        """Give a layer without a name to the first parameter that wants one."""
        free = [name for name in definition.layers if name not in layers]
        if free:
            layers[free[0]] = thing
        else:
            binder.refuse(written.span, f"`{binder.layer}` has no place for a layer")

    def _trailing(
        self,
        call: tree.Call,
        body: tree.Body,
        definition: BlockDefinition,
        layers: Layers,
        binder: Binder,
    ) -> None:
        """A body in braces behind the call is the last layer."""
        if not definition.layers:
            binder.broken = True
            message = f"`{binder.layer}` takes no body in braces"
            self.sink.report(WRONG_PLACE, body.span, message)
            return
        braces = Deferred(lambda thing: self._run_braces(body, thing), body.span)
        self._set(definition.layers[-1], braces, body, layers, binder)

    def _run_braces(self, body: tree.Body, thing: Thing) -> Thing:
        layer = self.nested.braces(body, {})
        return self.applier.apply(layer, thing, body.span) if is_layer(layer) else layer

    def _set(
        self,
        name: str,
        layer: Layer,
        place: tree.Tree,
        layers: Layers,
        binder: Binder,
    ) -> None:
        if name not in layers:
            layers[name] = layer
            return
        binder.broken = True
        message = f"`{name}` of `{binder.layer}` is given twice"
        others = (Label(layers[name].span, "the first is here"),)
        self.sink.report(
            REPEATED_OPTION, place.span, message, others=others, help="leave one out"
        )

    def _not_a_layer(self, thing: Thing, name: str, written: tree.Expression) -> None:
        if not isinstance(thing, Broken):
            message = f"`{name}` is a layer, found {describe(thing)}"
            self.sink.report(NOT_A_LAYER, written.span, message)

    def _check_layers(
        self,
        call: tree.Call,
        definition: BlockDefinition,
        layers: Mapping[str, Layer],
        binder: Binder,
    ) -> None:
        missing = [name for name in definition.layers if name not in layers]
        if missing and not binder.broken:
            binder.broken = True
            message = f"`{binder.layer}` needs the layer `{missing[0]}`"
            help = f"give it one in braces: `{binder.layer} {{ dense(64) }}`"
            self.sink.report(MISSING_OPTION, call.span, message, help=help)

    # The body

    def _layer(
        self,
        call: tree.Call,
        definition: BlockDefinition,
        numbers: Mapping[str, Number | str],
        layers: Layers,
    ) -> Layer:
        active = self.scope.active

        def run(thing: Thing) -> Thing:
            if definition in active:
                self._report_circle(call, definition, active)
                return Broken()
            if len(active) >= BLOCK_LIMIT:
                message = f"blocks stand more than {BLOCK_LIMIT} deep in each other"
                self.sink.report(TOO_LARGE, call.span, message)
                return Broken()
            scope = Scope(definition.file, self.sink)
            scope.active = (*active, definition)
            scope.repeats = self.scope.repeats
            scope.constants |= numbers
            scope.names |= layers
            for parameter in definition.block.parameters:
                scope.places[parameter.name.text] = parameter.name.span
            with self.applier.builder.block(definition.name, definition.given):
                return self._body(call, definition, scope, thing)

        return Deferred(run, call.span, named=True)

    def _body(
        self,
        call: tree.Call,
        definition: BlockDefinition,
        scope: Scope,
        thing: Thing,
    ) -> Thing:
        block = definition.block
        if block.inputs:
            if not bind_inputs(definition, thing, scope, call.span, self.sink):
                return Broken()
            result = self.run_block(scope, block.body)
            if is_layer(result):
                self._gives_a_layer(definition)
                return Broken()
            if not isinstance(result, Broken):
                scope.check_block_used(definition)
            return result
        result = self.run_block(scope, block.body)
        if is_layer(result):
            scope.check_block_used(definition)
            return self.applier.apply(result, thing, call.span)
        if not isinstance(result, Broken):
            self.sink.report(
                WRONG_ARITY,
                block.name.span,
                f"`{definition.name}` takes no value, but its body gives "
                f"{describe(result)}",
                help=f"name what flows in: `block {definition.name}(...) on (x)`",
            )
        return Broken()

    def _gives_a_layer(self, definition: BlockDefinition) -> None:
        block = definition.block
        inputs = ", ".join(given.name.text for given in block.inputs)
        self.sink.report(
            WRONG_ARITY,
            block.body.statements[-1].span,
            f"`{definition.name}` takes {counted(len(block.inputs), 'value')}, "
            "but its body gives a layer",
            help=f"apply it: `{inputs} -> ...`",
        )

    def _report_circle(
        self,
        call: tree.Call,
        definition: BlockDefinition,
        active: tuple[BlockDefinition, ...],
    ) -> None:
        circle = [*active[active.index(definition) :], definition]
        names = " -> ".join(f"`{one.name}`" for one in circle)
        self.sink.report(
            RECURSIVE_BLOCK,
            call.span,
            f"the block `{definition.name}` would hold itself: {names}",
            others=(Label(definition.block.name.span, "declared here"),),
            help="repeat layers with `for`",
        )
