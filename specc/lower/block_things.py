"""What one use of a block gives it besides numbers: layers, and values."""

from __future__ import annotations

from specc.diagnostics import Code, Label, Sink
from specc.diagnostics.codes import (
    MISSING_OPTION,
    NOT_A_LAYER,
    NOT_A_VALUE,
    REPEATED_OPTION,
    WRONG_PLACE,
)
from specc.lower.binder import Binder
from specc.lower.block_inputs import bind_input
from specc.lower.scope import BlockDefinition, Scope
from specc.lower.things import (
    Broken,
    Bundle,
    Constant,
    Layer,
    Thing,
    Value,
    describe,
    is_layer,
)
from specc.syntax import tree
from specc.text import Span


class BlockThings:
    """The layers and the values of one use, by the names of the block's head."""

    def __init__(self, definition: BlockDefinition, binder: Binder, sink: Sink) -> None:
        self.definition, self.binder, self.sink = definition, binder, sink
        self.layers: dict[str, Layer] = {}
        self.values: dict[str, Thing] = {}
        self.places: dict[str, Span] = {}

    def takes(self, name: tree.Name) -> bool:
        """Whether the block has a layer or a value of this name."""
        return name.text in self.definition.things

    def named(self, name: tree.Name, thing: Thing, given: tree.Argument) -> None:
        """Take `body = dense(4)` or `memory = z`."""
        if isinstance(thing, Broken):
            self.binder.broken = True
        elif name.text in self.definition.layers:
            if is_layer(thing):
                self._set(name.text, thing, given.span)
            else:
                self._misfit(NOT_A_LAYER, name.text, "a layer", thing, given.value)
        elif isinstance(thing, Value | Constant):
            self._set(name.text, thing, given.span)
        else:
            self._misfit(NOT_A_VALUE, name.text, "a value", thing, given.value)

    def place(self, thing: Thing, written: tree.Expression) -> bool:
        """Give what has no name to the first parameter that wants one such.

        False for a value that is left over: it flows into the block.
        """
        layer = is_layer(thing)
        names = self.definition.layers
        if not layer:
            names = tuple(value.name.text for value in self.definition.values)
        free = [name for name in names if name not in self.places]
        if free and (layer or isinstance(thing, Value)):
            self._set(free[0], thing, written.span)
        elif free and isinstance(thing, Bundle):
            self._misfit(NOT_A_VALUE, free[0], "one value", thing, written)
        elif layer:
            message = f"`{self.binder.layer}` has no place for a layer"
            self.binder.refuse(written.span, message)
        else:
            return False
        return True

    def trailing(self, body: tree.Body, layer: Layer) -> None:
        """A body in braces behind the call is the last layer."""
        if self.definition.layers:
            self._set(self.definition.layers[-1], layer, body.span)
            return
        self.binder.broken = True
        message = f"`{self.binder.layer}` takes no body in braces"
        self.sink.report(WRONG_PLACE, body.span, message)

    def check_all(self, call: tree.Call) -> None:
        """Report the first layer or value that is not given."""
        missing = [name for name in self.definition.things if name not in self.places]
        if not missing or self.binder.broken:
            return
        self.binder.broken = True
        block, name = self.binder.layer, missing[0]
        message = f"`{block}` needs the layer `{name}`"
        help = f"give it one in braces: `{block} {{ dense(64) }}`"
        if name not in self.definition.layers:
            message = f"`{block}` needs the value `{name}`"
            help = f"give it one by name: `{block}({name} = z)`"
        self.sink.report(MISSING_OPTION, call.span, message, help=help)

    def bind_values(self, scope: Scope) -> bool:
        """Declare the values in a body; False where one has another type."""
        return all(
            bind_input(
                value.name,
                value.type,
                self.values[value.name.text],
                scope,
                self.places[value.name.text],
                self.sink,
            )
            for value in self.definition.values
        )

    def _set(self, name: str, thing: Thing, span: Span) -> None:
        before = self.places.setdefault(name, span)
        if before is span:
            if is_layer(thing):
                self.layers[name] = thing
            else:
                self.values[name] = thing
            return
        self.binder.broken = True
        message = f"`{name}` of `{self.binder.layer}` is given twice"
        others = (Label(before, "the first is here"),)
        self.sink.report(
            REPEATED_OPTION, span, message, others=others, help="leave one out"
        )

    def _misfit(
        self, code: Code, name: str, wanted: str, found: Thing, place: tree.Tree
    ) -> None:
        self.binder.broken = True
        message = f"`{name}` of `{self.binder.layer}` is {wanted}, "
        self.sink.report(code, place.span, f"{message}found {describe(found)}")
