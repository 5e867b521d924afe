"""A model's body: its statements become nodes, its last line the outputs."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import (
    NO_RESULT,
    NOT_A_LAYER,
    NOT_A_VALUE,
    WRONG_PLACE,
    WRONG_RESULTS,
)
from specc.lower.apply import Applier
from specc.lower.builder import Builder
from specc.lower.expressions import Expressions
from specc.lower.params import declare_params
from specc.lower.scope import Scope
from specc.lower.things import (
    Broken,
    Bundle,
    Shared,
    Thing,
    Value,
    describe,
    flat,
    is_layer,
)
from specc.lower.wording import counted, shown
from specc.syntax import tree
from specc.text import Span

Found = tuple[Thing, Span]
MOST_PARTS = 4
"""A tuple of more values is not taken apart in a help line."""


class Body:
    """Lowers the statements of one model, or of one use of a block."""

    def __init__(
        self, scope: Scope, builder: Builder, applier: Applier, sink: Sink
    ) -> None:
        self.scope, self.builder, self.sink = scope, builder, sink
        self.applier = applier
        self.expressions = Expressions(scope, applier, sink, self._run_block)

    def lower(
        self, body: tree.Body, outputs: Sequence[tree.Output]
    ) -> tuple[Value, ...] | None:
        """The values of the model's outputs; None where they were not to be had."""
        result: list[Found] | None = None
        declare_params(body, self.scope, self.builder, self.sink)
        for statement in body.statements:
            result = self._statement(statement, last=statement is body.statements[-1])
            self.sink.stop_on_many()
        if result is None:
            result = self._by_name(body, outputs)
        return None if result is None else self._outputs(result, outputs)

    def _run_block(self, scope: Scope, body: tree.Body) -> Thing:
        """What the body of a block gives under the names of one use."""
        return Body(scope, self.builder, self.applier, self.sink).run(body)

    def run(self, body: tree.Body) -> Thing:
        """The value, values or layer that a block's last line gives."""
        result: list[Found] | None = None
        declare_params(body, self.scope, self.builder, self.sink)
        for statement in body.statements:
            result = self._statement(statement, last=statement is body.statements[-1])
        if result is None:
            self._no_result(body, "end with a flow, such as `h -> dense(64)`")
            return Broken()
        things = [thing for thing, _ in result]
        if any(isinstance(thing, Broken) for thing in things):
            return Broken()
        if len(things) == 1:
            return things[0]
        for thing, span in result:
            if is_layer(thing):
                message = "a block gives one layer, or one value or several"
                help = "layers side by side are a tuple: `(a, b)`"
                self.sink.report(WRONG_PLACE, span, message, help=help)
                return Broken()
        return Bundle(tuple(things))

    # Statements

    def _statement(self, statement: tree.Statement, last: bool) -> list[Found] | None:
        """Lower one; gives the values of a line that is only values."""
        match statement:
            case tree.Let():
                self._let(statement)
            case tree.Assign():
                self._assign(statement)
            case tree.Result(values=values):
                found = [
                    (self.expressions.thing(value), value.span) for value in values
                ]
                if last:
                    return found
                self._misplaced(statement, found)
            case tree.Param():
                pass  # declared before all others
            case _:
                message = "states belong in a `cell`"
                self.sink.report(WRONG_PLACE, statement.span, message)
        return None

    def _misplaced(self, statement: tree.Result, found: Sequence[Found]) -> None:
        if any(isinstance(thing, Broken) for thing, _ in found):
            return
        self.sink.report(
            WRONG_PLACE,
            statement.span,
            "nothing uses what this line gives",
            help="name it, as in `h = ...`, or go on from it with `->` "
            "at the start of the next line",
        )

    def _let(self, statement: tree.Let) -> None:
        thing = self.expressions.thing(statement.value)
        name = statement.name
        if is_layer(thing):
            path = self.builder.path(name.text)
            shared = Shared(path, thing, statement.value.span)
            if self.scope.declare(name, shared):
                self.builder.claim(path, name.span)
            return
        self.scope.declare(name, Broken())
        if not isinstance(thing, Broken):
            self.sink.report(
                NOT_A_LAYER,
                statement.value.span,
                f"`let` binds a layer, found {describe(thing)}",
                help=f"name a value without `let`: `{name.text} = ...`",
            )

    def _assign(self, statement: tree.Assign) -> None:
        thing = self.expressions.thing(statement.value)
        targets, span = statement.targets, statement.value.span
        primed = [target for target in targets if target.primed]
        for target in primed:
            message = f"`{target.text}'` is for the states of a `cell`"
            self.sink.report(WRONG_PLACE, target.span, message)
        if primed:
            thing = Broken()
        items: Sequence[Thing] = [thing]
        if len(targets) > 1:
            items = self._unpack(thing, len(targets), span)
            self.scope.bind_together(targets)
        for target, item in zip(targets, items, strict=True):
            named = self._as_named(target, item, span)
            if self.scope.declare(target, named) and isinstance(named, Value):
                self.builder.name_value(named.ref, target.text)

    def _as_named(self, target: tree.Name, thing: Thing, span: Span) -> Thing:
        """What a name can stand for: a value or several, or `Broken`."""
        if isinstance(thing, Value | Bundle | Broken):
            return thing
        help = f"bind a layer with `let {target.text} = ...`"
        if not is_layer(thing):
            help = f"name a number at the top of the file: `const {target.text} = ...`"
        message = f"expected a value, found {describe(thing)}"
        self.sink.report(NOT_A_VALUE, span, message, help=help)
        return Broken()

    def _unpack(self, thing: Thing, count: int, span: Span) -> Sequence[Thing]:
        if isinstance(thing, Bundle) and len(thing.items) == count:
            return thing.items
        if not isinstance(thing, Broken):
            found = len(thing.items) if isinstance(thing, Bundle) else 1
            message = f"{count} names stand for {counted(found, 'value')}"
            if not isinstance(thing, Value | Bundle):
                message = f"{count} names stand for {describe(thing)}"
            self.sink.report(WRONG_RESULTS, span, message)
        return [Broken()] * count

    # Results

    def _by_name(
        self, body: tree.Body, outputs: Sequence[tree.Output]
    ) -> list[Found] | None:
        """The values that have the outputs' names, where no line gives the result."""
        names = [output.name for output in outputs if output.name is not None]
        missing = [name.text for name in names if name.text not in self.scope.names]
        if len(names) == len(outputs) and not missing:
            self.scope.used.update(name.text for name in names)
            return [(self.scope.names[name.text], name.span) for name in names]
        help = "end with a flow, such as `h -> dense(1)`"
        if missing:
            help = f"end with a flow, or name a value `{missing[0]}`"
        self._no_result(body, help)
        return None

    def _no_result(self, body: tree.Body, help: str) -> None:
        end = Span(body.span.source, body.span.stop - 1, body.span.stop)
        self.sink.report(NO_RESULT, end, "the body ends without a result", help=help)

    def _outputs(
        self, result: Sequence[Found], outputs: Sequence[tree.Output]
    ) -> tuple[Value, ...] | None:
        found = [(item, span) for thing, span in result for item in flat(thing)]
        if any(isinstance(thing, Broken) for thing, _ in found):
            return None
        values = [self._value(thing, span) for thing, span in found]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        if len(known) == len(outputs):
            return tuple(known)
        declared = counted(len(outputs), "output")
        self.sink.report(
            WRONG_RESULTS,
            found[0][1].to(found[-1][1]),
            f"the head declares {declared}, the body gives {len(known)}",
            others=(
                Label(outputs[0].span.to(outputs[-1].span), f"{declared} declared"),
            ),
            help=_taken_apart(result),
        )
        return None

    def _value(self, thing: Thing, span: Span) -> Value | None:
        if isinstance(thing, Value):
            return thing
        help = "give the layer an input: `value -> layer`" if is_layer(thing) else None
        message = f"expected a value, found {describe(thing)}"
        self.sink.report(NOT_A_VALUE, span, message, help=help)
        return None


def _taken_apart(result: Sequence[Found]) -> str | None:
    """How to take a tuple among the results apart, which may have been overlooked."""
    for thing, span in result:
        if isinstance(thing, Bundle) and len(result) > 1:
            name, count = shown(span), len(thing.items)
            held = counted(thing.count, "value")
            parts = [f"{name}_{number}" for number in range(1, count + 1)]
            if name.isidentifier() and count <= MOST_PARTS:
                how = f"take them apart, `{', '.join(parts)} = {name}`, and give some"
                return f"`{name}` stands for {held}: {how}"
            return f"`{name}` stands for {held}"
    return None
