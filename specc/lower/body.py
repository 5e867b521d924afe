"""A model's body: names, flows and layers become nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from specc.diagnostics import Label, Sink, did_you_mean
from specc.diagnostics.codes import (
    DUPLICATE_NAME,
    NO_RESULT,
    NOT_A_LAYER,
    NOT_A_VALUE,
    NOT_YET,
    UNKNOWN_NAME,
    UNUSED_NAME,
    WRONG_ARITY,
    WRONG_PLACE,
    WRONG_RESULTS,
)
from specc.ir.graph import Ref
from specc.ir.types import Type
from specc.lower.apply import Applier
from specc.lower.builder import Builder
from specc.lower.calls import Caller
from specc.lower.constants import evaluate, is_constant
from specc.lower.things import (
    Broken,
    Bundle,
    Chain,
    Constant,
    Fan,
    Layer,
    Named,
    Shared,
    Thing,
    Value,
    Word,
    describe,
    is_layer,
)
from specc.syntax import tree
from specc.text import Span


class Body:
    """Lowers the statements of one model."""

    def __init__(
        self,
        constants: Mapping[str, object],
        cells: Mapping[str, tree.Cell],
        used_cells: set[str],
        sink: Sink,
    ) -> None:
        self.constants, self.sink = constants, sink
        self.builder = Builder(sink)
        self.applier = Applier(self.builder, sink)
        self.caller = Caller(self, cells, used_cells, sink)
        self.names: dict[str, Thing] = {}
        self.places: dict[str, Span] = {}
        self.used: set[str] = set()

    # Names

    def declare_input(self, name: tree.Name, ref: Ref, type: Type) -> None:
        """Make an input known to the body."""
        self._declare(name, Value(ref, type))
        self.builder.reserve(name.text, name.span)

    def declare_broken(self, name: tree.Name) -> None:
        """Keep a name whose declaration was wrong from being called unknown."""
        self._declare(name, Broken())

    def is_value(self, name: str) -> bool:
        """Whether a name stands for something in this body."""
        return name in self.names or name in self.constants

    def _declare(self, name: tree.Name, thing: Thing) -> None:
        before = self.places.get(name.text)
        if before is None and name.text not in self.constants:
            self.names[name.text] = thing
            self.places[name.text] = name.span
            return
        others = () if before is None else (Label(before, "the first is here"),)
        self.sink.report(
            DUPLICATE_NAME,
            name.span,
            f"`{name.text}` already names something here",
            others=others,
            help="choose another name",
        )

    # Statements

    def lower(
        self, body: tree.Body, outputs: Sequence[tree.Output]
    ) -> tuple[Value, ...] | None:
        """The values of the model's outputs; None where they were not to be had."""
        result: list[tuple[Thing, Span]] | None = None
        last = len(body.statements) - 1
        for place, statement in enumerate(body.statements):
            match statement:
                case tree.Let():
                    self._let(statement)
                case tree.Assign():
                    self._assign(statement)
                case tree.Result(values=values):
                    found = [(self.expression(v), v.span) for v in values]
                    result = found if place == last else None
                    if place != last:
                        self._misplaced(statement)
                case _:
                    message = "weights and states belong in a `cell`"
                    self.sink.report(WRONG_PLACE, statement.span, message)
        if result is not None:
            return self._unnamed_results(result, outputs)
        return self._named_results(body, outputs)

    def _misplaced(self, statement: tree.Result) -> None:
        self.sink.report(
            WRONG_PLACE,
            statement.span,
            "this flow gives a value that nothing uses",
            help="name it, as in `h = ...`, or go on from it with `->` "
            "at the start of the next line",
        )

    def _unnamed_results(
        self, result: list[tuple[Thing, Span]], outputs: Sequence[tree.Output]
    ) -> tuple[Value, ...] | None:
        flat = [
            (item, span)
            for thing, span in result
            for item in (thing.items if isinstance(thing, Bundle) else (thing,))
        ]
        if any(isinstance(thing, Broken) for thing, _ in flat):
            return None
        if len(flat) != len(outputs):
            self.sink.report(
                WRONG_RESULTS,
                flat[0][1].to(flat[-1][1]),
                f"the head declares {len(outputs)} output(s), "
                f"the body gives {len(flat)}",
                others=tuple(Label(output.span) for output in outputs),
            )
            return None
        values = [self._as_value(thing, span) for thing, span in flat]
        known = [value for value in values if value is not None]
        return tuple(known) if len(known) == len(values) else None

    def _named_results(
        self, body: tree.Body, outputs: Sequence[tree.Output]
    ) -> tuple[Value, ...] | None:
        names = [output.name for output in outputs]
        known = [name for name in names if name is not None]
        if len(known) < len(names) or any(n.text not in self.names for n in known):
            missing = [n.text for n in known if n.text not in self.names]
            self.sink.report(
                NO_RESULT,
                Span(body.span.source, body.span.stop - 1, body.span.stop),
                "the body ends without a result",
                help=f"end with a flow, or name a value `{missing[0]}`"
                if missing
                else "end with a flow, such as `h -> dense(1)`",
            )
            return None
        self.used.update(name.text for name in known)
        values = [self._as_value(self.names[name.text], name.span) for name in known]
        found = [value for value in values if value is not None]
        return tuple(found) if len(found) == len(values) else None

    def _as_value(self, thing: Thing, span: Span) -> Value | None:
        if isinstance(thing, Value):
            return thing
        if not isinstance(thing, Broken):
            self.sink.report(
                NOT_A_VALUE,
                span,
                f"expected a value, found {describe(thing)}",
                help="give the layer an input: `value -> layer`"
                if is_layer(thing)
                else None,
            )
        return None

    def _let(self, statement: tree.Let) -> None:
        thing = self.expression(statement.value)
        name = statement.name
        if isinstance(thing, Broken):
            self._declare(name, thing)
        elif is_layer(thing):
            self._declare(name, Shared(name.text, thing, statement.value.span))
            self.builder.reserve(name.text, name.span)
        else:
            self._declare(name, Broken())
            self.sink.report(
                NOT_A_LAYER,
                statement.value.span,
                f"`let` binds a layer, found {describe(thing)}",
                help=f"name a value without `let`: `{name.text} = ...`",
            )

    def _assign(self, statement: tree.Assign) -> None:
        thing = self.expression(statement.value)
        targets = statement.targets
        primed = [target for target in targets if target.primed]
        for target in primed:
            message = f"`{target.text}'` is for the states of a `cell`"
            self.sink.report(WRONG_PLACE, target.span, message)
        if is_layer(thing) and not primed:
            self.sink.report(
                NOT_A_VALUE,
                statement.value.span,
                "expected a value, found a layer",
                help=f"bind a layer with `let {targets[0].text} = ...`",
            )
            thing = Broken()
        items: Sequence[Thing] = [thing]
        if len(targets) > 1:
            items = self._unpack(thing, len(targets), statement.value.span)
        for target, item in zip(targets, items, strict=True):
            self._declare(target, item)
            if isinstance(item, Value):
                self.builder.name_value(item.ref, target.text)

    def _unpack(self, thing: Thing, count: int, span: Span) -> Sequence[Thing]:
        if isinstance(thing, Bundle) and len(thing.items) == count:
            return thing.items
        if not isinstance(thing, Broken):
            message = f"{count} names on the left, {describe(thing)} on the right"
            self.sink.report(WRONG_RESULTS, span, message)
        return [Broken()] * count

    # Expressions

    def expression(self, written: tree.Expression) -> Thing:
        """What an expression stands for; `Broken` where that was reported."""
        if is_constant(written, self.constants) and not isinstance(written, tree.Call):
            number = evaluate(written, self.constants, self.sink)
            self._use_constants(written)
            return Broken() if number is None else Constant(number)
        match written:
            case tree.Name():
                return self._name(written)
            case tree.String(value=value):
                return Word(value)
            case tree.Call():
                return self.caller.call(written)
            case tree.Tuple(items=items):
                return self._tuple([self.expression(i) for i in items], written.span)
            case tree.Labelled():
                return self._labelled(written)
            case tree.Flow(steps=steps):
                return self._flow(steps)
            case tree.For() | tree.Each() | tree.Over():
                what = type(written).__name__.lower()
                message = f"`{what}` has no meaning yet"
            case tree.List():
                message = "a list has no meaning here"
            case _:
                message = "arithmetic on values has no meaning yet"
        self.sink.report(NOT_YET, written.span, message)
        return Broken()

    def default(self, written: tree.Expression) -> int | float | None:
        """The number a parameter's default is."""
        return evaluate(written, self.constants, self.sink)

    def _use_constants(self, written: tree.Expression) -> None:
        if isinstance(written, tree.Name):
            self.used.add(written.text)

    def _name(self, name: tree.Name) -> Thing:
        if name.text in self.names and not name.primed:
            self.used.add(name.text)
            return self.names[name.text]
        if name.primed:
            message = f"`{name.text}'` is for the states of a `cell`"
            self.sink.report(WRONG_PLACE, name.span, message)
            return Broken()
        if name.text in self.constants:
            return Broken()
        if self.caller.knows(name.text):
            return self.caller.bare(name)
        near = did_you_mean(name.text, [*self.names, *self.constants])
        self.sink.report(
            UNKNOWN_NAME,
            name.span,
            f"nothing here is called `{name.text}`",
            help=near or self.caller.suggestion(name.text),
        )
        return Broken()

    def _tuple(self, items: list[Thing], span: Span) -> Thing:
        if any(isinstance(item, Broken) for item in items):
            return Broken()
        layers = [item for item in items if is_layer(item)]
        if not layers:
            return Bundle(tuple(items))
        if len(layers) == len(items):
            return Fan(tuple(layers), span)
        self.sink.report(WRONG_ARITY, span, "a tuple holds values or layers, not both")
        return Broken()

    def _labelled(self, written: tree.Labelled) -> Thing:
        thing = self.expression(written.value)
        if isinstance(thing, Broken):
            return thing
        if not is_layer(thing):
            message = f"`as` labels a layer, found {describe(thing)}"
            self.sink.report(NOT_A_LAYER, written.span, message)
            return Broken()
        return Named(written.label.text, thing, written.span)

    def _flow(self, steps: Sequence[tree.Expression]) -> Thing:
        thing = self.expression(steps[0])
        series: list[Layer] = [thing] if is_layer(thing) else []
        for step in steps[1:]:
            layer = self.expression(step)
            if isinstance(layer, Broken):
                thing = Broken()
            elif not is_layer(layer):
                self._not_a_layer(layer, step)
                thing = Broken()
            elif is_layer(thing):
                series.append(layer)
                thing = Chain(tuple(series), steps[0].span.to(step.span))
            else:
                thing = self.applier.apply(layer, thing, step.span)
        return thing

    def _not_a_layer(self, thing: Thing, step: tree.Expression) -> None:
        name = step.text if isinstance(step, tree.Name) else ""
        self.sink.report(
            NOT_A_LAYER,
            step.span,
            f"expected a layer after `->`, found {describe(thing)}",
            help=f"bind layers with `let {name} = ...`" if name else None,
        )

    # At the end

    def check_used(self, results: Iterable[Value], report: bool) -> None:
        """Report names that lead nowhere."""
        if not report:
            return
        reached = {value.ref.node for value in results}
        for number in range(len(self.builder.nodes) - 1, -1, -1):
            if number in reached:
                reached |= {ref.node for ref in self.builder.nodes[number].inputs}
        for name, thing in self.names.items():
            if name in self.used and not isinstance(thing, Value):
                continue
            if isinstance(thing, Broken):
                continue
            if isinstance(thing, Value) and thing.ref.node in reached:
                continue
            if isinstance(thing, Bundle) and self._bundle_reached(thing, reached):
                continue
            self.sink.report(
                UNUSED_NAME,
                self.places[name],
                f"`{name}` does not reach any output",
                help="use it or leave it out",
            )

    def _bundle_reached(self, bundle: Bundle, reached: set[int]) -> bool:
        return any(
            item.ref.node in reached
            if isinstance(item, Value)
            else isinstance(item, Bundle) and self._bundle_reached(item, reached)
            for item in bundle.items
        )
