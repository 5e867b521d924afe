"""Arguments of a call: options go to its binder, the rest is handed back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from specc.diagnostics import Sink
from specc.diagnostics.codes import WRONG_PLACE
from specc.lower.binder import Binder
from specc.lower.initial_values import StartReader, is_formula
from specc.lower.language import is_layer_name
from specc.lower.scope import Scope
from specc.lower.things import Broken, Constant, Thing, Word, describe, is_layer
from specc.syntax import tree

Evaluate = Callable[[tree.Expression], Thing]


class Arguments:
    """Reads the arguments of the calls in one body."""

    def __init__(self, evaluate: Evaluate, scope: Scope, sink: Sink) -> None:
        self.evaluate, self.scope, self.sink = evaluate, scope, sink

    def bind(
        self,
        arguments: Sequence[tree.Argument],
        binder: Binder,
        layers: bool = False,
    ) -> list[tuple[Thing, tree.Expression]]:
        """Give a binder the arguments; returns the values among them.

        `layers`: layers may be among them too.
        """
        rest: list[tuple[Thing, tree.Expression]] = []
        for argument in arguments:
            written = argument.value
            if argument.name is not None:
                self.bind_named(argument.name, written, binder)
            elif not self._is_word(written, binder, layers):
                thing = self.evaluate(written)
                if isinstance(thing, Constant):
                    binder.positional(thing.value, "number", written.span)
                elif isinstance(thing, Word):
                    binder.positional(thing.text, "text", written.span)
                elif isinstance(thing, Broken):
                    binder.broken = True
                elif is_layer(thing) and not layers:
                    message = f"`{binder.layer}` cannot take a layer here"
                    help = None
                    if isinstance(written, tree.Call) and not written.arguments:
                        help = f"write `{written.function.text}` without brackets"
                    binder.refuse(written.span, message, help)
                else:
                    rest.append((thing, written))
        return rest

    def _is_word(
        self,
        written: tree.Expression,
        binder: Binder,
        layers: bool,
    ) -> bool:
        """Whether a bare name was taken as an option, or refused as none."""
        if not isinstance(written, tree.Name) or written.primed:
            return False
        function = self.scope.function(written.text)
        if function is not None and binder.bare(replace(written, text=function), False):
            return True
        hidden = self.scope.is_value(written.text)
        if binder.bare(written, hidden):
            return True
        if hidden or (layers and not self._is_near(written.text, binder)):
            return False
        if written.text in self.scope.lengths:
            self._refuse_length(written, binder)
        else:
            binder.unknown(written)
        return True

    def bind_named(
        self, name: tree.Name, written: tree.Expression, binder: Binder
    ) -> None:
        """Take `name = value`."""
        same = [option for option in binder.options if option.word == name.text]
        if not same:
            binder.unknown(name)
            return
        if is_formula(written):
            self._bind_formula(name, written, binder)
            return
        if isinstance(written, tree.Name) and not self._is_number(written):
            if written.primed:
                message = f"`{written.text}'` is for the states of a `cell`"
                self.sink.report(WRONG_PLACE, written.span, message)
                binder.broken = True
            elif written.text in self.scope.lengths:
                self._refuse_length(written, binder)
            else:
                word = self.scope.function(written.text) or written.text
                binder.named(name, word, "word", written.span)
            return
        thing = self.evaluate(written)
        if isinstance(thing, Constant):
            binder.named(name, thing.value, "number", written.span)
        elif isinstance(thing, Word):
            binder.named(name, thing.text, "text", written.span)
        elif isinstance(thing, Broken):
            binder.broken = True
        else:
            message = f"`{name.text}` of `{binder.layer}` cannot be {describe(thing)}"
            binder.refuse(written.span, message)

    def _bind_formula(
        self, name: tree.Name, written: tree.Expression, binder: Binder
    ) -> None:
        """Take `kernel = uniform(-0.1, 0.1)`."""
        start = StartReader(self.scope.constants, self.sink).read(written)
        if start is not None:
            binder.named(name, start, "formula", written.span)
        binder.broken = binder.broken or start is None

    def _is_near(self, name: str, binder: Binder) -> bool:
        """Whether a name is no layer, and like one of the options."""
        file = self.scope.file
        layer = name in file.cells or name in file.blocks or is_layer_name(name)
        return not layer and binder.suggestion(name) is not None

    def _refuse_length(self, name: tree.Name, binder: Binder) -> None:
        message = f"`{name.text}` is a length that is known when the program runs"
        help = "an option takes a number: a constant, or an axis of a fixed size"
        binder.refuse(name.span, message, help)

    def _is_number(self, name: tree.Name) -> bool:
        constants = self.scope.constants
        return name.text in constants and not isinstance(constants[name.text], str)
