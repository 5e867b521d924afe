"""Expressions of a model's body: names, tuples and flows."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import (
    NOT_A_LAYER,
    NOT_A_VALUE,
    UNKNOWN_NAME,
    WRONG_ARITY,
    WRONG_PLACE,
)
from specc.lower.apply import Applier
from specc.lower.block_calls import BlockCaller, RunBlock
from specc.lower.calls import Caller
from specc.lower.constants import Known, evaluate, is_constant
from specc.lower.foreign import layer_here
from specc.lower.language import layer_words
from specc.lower.nested import Nested
from specc.lower.scope import Scope
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
from specc.lower.value_arithmetic import ValueArithmetic
from specc.syntax import tree
from specc.text import Span


class Expressions:
    """What the expressions of one body stand for."""

    def __init__(
        self, scope: Scope, applier: Applier, sink: Sink, run_block: RunBlock
    ) -> None:
        self.scope, self.applier, self.sink = scope, applier, sink
        self.nested = Nested(self.thing, self._within, scope, applier, sink)
        blocks = BlockCaller(self.thing, self.nested, scope, applier, run_block, sink)
        self.caller = Caller(self.thing, scope, applier, blocks, sink)
        self.run_block = run_block
        self.sums = ValueArithmetic(self.thing, applier.builder, sink)

    def _within(self, constants: Known, written: tree.Expression, times: int) -> Thing:
        """What an expression stands for where some constants more are known."""
        scope = self.scope.within(constants, times)
        inner = Expressions(scope, self.applier, self.sink, self.run_block)
        return inner.thing(written)

    def thing(self, written: tree.Expression) -> Thing:
        """What an expression stands for; `Broken` where that was reported."""
        if is_constant(written, self.scope.constants):
            number = evaluate(written, self.scope.constants, self.sink)
            return Broken() if number is None else Constant(number)
        match written:
            case tree.Name():
                return self._name(written)
            case tree.String(value=value):
                return Word(value)
            case tree.Call():
                return self.caller.call(written)
            case tree.Tuple(items=items):
                found = []
                for item in items:
                    found.append(self.thing(item))
                return self._tuple(found, written.span)
            case tree.Labelled():
                return self._labelled(written)
            case tree.Flow(steps=steps):
                return self._flow(steps)
            case tree.List():
                message = "a list has no place here"
                help = "values side by side are a tuple: `(a, b)`"
                self.sink.report(WRONG_PLACE, written.span, message, help=help)
                return Broken()
            case tree.For() | tree.Each():
                return self.nested.loop(written)
            case tree.Over():
                return self.nested.over(written)
            case tree.Negative(operand=operand):
                return self.sums.negative(operand)
            case tree.Power(base=base, exponent=exponent):
                return self.sums.chain(base, (("**", exponent),))
            case tree.Arithmetic(first=first, rest=rest):
                return self.sums.chain(first, rest)
        raise AssertionError(f"constants are no layers: {written}")

    def _name(self, name: tree.Name) -> Thing:
        scope = self.scope
        if name.primed:
            message = f"`{name.text}'` is for the states of a `cell`"
            self.sink.report(WRONG_PLACE, name.span, message)
            return Broken()
        if name.text in scope.names:
            scope.used.add(name.text)
            return scope.names[name.text]
        function = scope.function(name.text)
        if function is not None:
            return self.caller.bare(replace(name, text=function))
        if self.caller.knows(name.text):
            return self.caller.bare(name)
        known = {*scope.names, *scope.constants, *scope.file.cells, *layer_words()}
        known |= {*scope.file.blocks}
        self.sink.report(
            UNKNOWN_NAME,
            name.span,
            f"nothing here is called `{name.text}`",
            help=layer_here(name.text, known)
            or did_you_mean(name.text, known)
            or f"give a value that name, `{name.text} = ...`, "
            f"or a layer, `let {name.text} = ...`",
        )
        return Broken()

    def _tuple(self, items: Sequence[Thing], span: Span) -> Thing:
        if any(isinstance(item, Broken) for item in items):
            return Broken()
        layers = [item for item in items if is_layer(item)]
        if len(layers) == len(items):
            return Fan(tuple(layers), span)
        if layers:
            message = "a tuple holds values or layers, not both"
            self.sink.report(WRONG_ARITY, span, message)
            return Broken()
        return self.applier.held(Bundle(tuple(items)), span)

    def _labelled(self, written: tree.Labelled) -> Thing:
        thing = self.thing(written.value)
        if isinstance(thing, Broken):
            return thing
        if isinstance(thing, Shared):
            message = f"`{thing.name}` has the name that its `let` gives it"
            help = f"leave `as {written.label.text}` out"
            self.sink.report(WRONG_PLACE, written.label.span, message, help=help)
            return thing
        if is_layer(thing):
            return Named(written.label, thing, written.span)
        self.sink.report(
            NOT_A_LAYER,
            written.value.span,
            f"`as` labels a layer, found {describe(thing)}",
            help=f"name a value with `=`: `{written.label.text} = ...`",
        )
        return Broken()

    def _flow(self, steps: Sequence[tree.Expression]) -> Thing:
        thing = self.thing(steps[0])
        if isinstance(thing, Constant | Word):
            message = (
                f"expected a value or a layer before `->`, found {describe(thing)}"
            )
            self.sink.report(NOT_A_VALUE, steps[0].span, message)
            thing = Broken()
        series: list[Layer] = [thing] if is_layer(thing) else []
        for step in steps[1:]:
            layer = self.thing(step)
            if not is_layer(layer):
                self._not_a_layer(layer, step)
                thing = Broken()
            elif is_layer(thing):
                series.append(layer)
                thing = Chain(tuple(series), steps[0].span.to(step.span))
            else:
                thing = self.applier.apply(layer, thing, step.span)
        return thing

    def _not_a_layer(self, thing: Thing, step: tree.Expression) -> None:
        if isinstance(thing, Broken):
            return
        help = None
        if isinstance(step, tree.Name):
            help = f"bind a layer with `let {step.text} = ...`"
        elif isinstance(step, tree.Call) and isinstance(thing, Value | Bundle):
            name = step.function.text
            help = f"`{name}` is given its values already; leave them out after `->`"
        self.sink.report(
            NOT_A_LAYER,
            step.span,
            f"expected a layer after `->`, found {describe(thing)}",
            help=help,
        )
