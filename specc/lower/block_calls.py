"""Uses of blocks: arguments, layers in braces, and the body under their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import (
    RECURSIVE_BLOCK,
    TOO_LARGE,
    WRONG_ARITY,
)
from specc.ir.formula import Formula
from specc.ir.graph import Ref
from specc.lower.apply import Applier
from specc.lower.arguments import Arguments, Evaluate
from specc.lower.binder import Binder
from specc.lower.block_inputs import bind_inputs
from specc.lower.block_things import BlockThings
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
    Value,
    describe,
    is_layer,
)
from specc.lower.wording import counted
from specc.syntax import tree

BLOCK_LIMIT = 50
"""Far from where Python refuses to go deeper."""
RunBlock = Callable[[Scope, tree.Body], Thing]


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
        binder = Binder(name, options, self.sink, others=definition.things)
        things = BlockThings(definition, binder, self.sink)
        plain = []
        for argument in call.arguments:
            if argument.name is None or not things.takes(argument.name):
                plain.append(argument)
            else:
                things.named(argument.name, self.evaluate(argument.value), argument)
        rest = self.arguments.bind(plain, binder, layers=bool(definition.layers))
        flowing = [thing for thing, written in rest if not things.place(thing, written)]
        if call.body is not None:
            things.trailing(call.body, self._braces(call.body))
        numbers = self._numbers(call, definition, binder)
        things.check_all(call)
        if binder.broken:
            return Broken()
        layer = self._layer(call, definition, numbers, things)
        if not flowing:
            return layer
        value = flowing[0] if len(flowing) == 1 else Bundle(tuple(flowing))
        return self.applier.apply(layer, value, call.span)

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

    def _braces(self, body: tree.Body) -> Layer:
        """The layer that a body in braces is, made where a value flows into it."""

        def run(thing: Thing) -> Thing:
            layer = self.nested.braces(body, {})
            if not is_layer(layer):
                return layer
            return self.applier.apply(layer, thing, body.span)

        return Deferred(run, body.span)

    # The body

    def _layer(
        self,
        call: tree.Call,
        definition: BlockDefinition,
        numbers: Mapping[str, Number | str],
        things: BlockThings,
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
            scope.names |= things.layers
            values = {value.name.text for value in definition.values}
            for parameter in definition.block.parameters:
                if parameter.name.text not in values:
                    scope.places[parameter.name.text] = parameter.name.span
            with self.applier.builder.block(definition.name, definition.given):
                return self._body(call, definition, scope, things, thing)

        return Deferred(run, call.span, named=True)

    def _body(
        self,
        call: tree.Call,
        definition: BlockDefinition,
        scope: Scope,
        things: BlockThings,
        thing: Thing,
    ) -> Thing:
        block = definition.block
        if block.inputs and not bind_inputs(
            definition, thing, scope, call.span, self.sink
        ):
            return Broken()
        if not things.bind_values(scope):
            return Broken()
        if block.inputs:
            with self.applier.builder.calling(_refs(definition, scope)):
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


def _refs(definition: BlockDefinition, scope: Scope) -> dict[Ref, str]:
    """The values that flow into a block, by the names of its head."""
    named = {one.name.text: scope.names.get(one.name.text) for one in definition.values}
    named |= {
        one.name.text: scope.names.get(one.name.text) for one in definition.block.inputs
    }
    return {
        thing.ref: name for name, thing in named.items() if isinstance(thing, Value)
    }
