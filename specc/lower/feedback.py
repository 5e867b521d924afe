"""`feedback(n) { ... }`: the output of a step is the next step's input."""

from __future__ import annotations

from msgspec import Struct

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import MISSING_OPTION, SIZE_MISMATCH, WRONG_RESULTS
from specc.ir.graph import Ref
from specc.lower.apply import Applier
from specc.lower.arguments import Arguments
from specc.lower.binder import Binder, make_op
from specc.lower.feedback_cell import feedback_cell
from specc.lower.feedback_checks import can_feed_back
from specc.lower.nested import Nested
from specc.lower.options import op_options
from specc.lower.things import (
    Broken,
    Bundle,
    Deferred,
    OpLayer,
    Thing,
    Value,
    describe,
    is_layer,
)
from specc.lower.wording import shown
from specc.ops.number import Number
from specc.ops.onset import Onset
from specc.ops.recurrent import Recurrent
from specc.syntax import tree

NAME = "feedback"


def feedback_layer(
    call: tree.Call, arguments: Arguments, nested: Nested, applier: Applier, sink: Sink
) -> Thing:
    """The layer; what it holds is lowered once a vector flows in."""
    binder = Binder(NAME, op_options(Onset), sink, others=arguments.scope.constants)
    rest = arguments.bind(call.arguments, binder)
    onset = make_op(Onset, binder, call.span)
    if onset is None or binder.broken:
        return Broken()
    body = call.body
    if body is None:
        message = "`feedback` needs layers in braces: what a step does"
        help = f"as in `feedback({shown(call.span)[9:-1]}) {{ lstm(64) }}`"
        sink.report(MISSING_OPTION, call.span, message, help=help)
        return Broken()
    assert isinstance(onset, Onset)
    use = _Feedback(call, body, onset, nested, applier, sink)
    layer = Deferred(use.run, call.span, named=True)
    if not rest:
        return layer
    return applier.apply(layer, Bundle(tuple(thing for thing, _ in rest)), call.span)


class _Feedback(Struct, frozen=True):
    """One `feedback` of a spec, applied wherever it is used."""

    call: tree.Call
    body: tree.Body
    onset: Onset
    nested: Nested
    applier: Applier
    sink: Sink

    def run(self, thing: Thing) -> Thing:
        """The body as layers along n steps, then those as one cell."""
        builder, span = self.applier.builder, self.call.span
        with builder.block(NAME, frozenset()):
            path = builder.path("")[:-1]
            start = OpLayer(self.onset, "onset", span)
            steps = self.applier.apply(start, thing, span)
            if not isinstance(steps, Value):
                return Broken()
            layer = self.nested.braces(self.body, {})
            given = self.applier.apply(layer, steps, span) if is_layer(layer) else layer
        if isinstance(given, Broken):
            return given
        if not isinstance(given, Value):
            message = f"the body of `feedback` gives one value, found {describe(given)}"
            self.sink.report(WRONG_RESULTS, self.body.span, message)
            return Broken()
        first, nodes = steps.ref.node, builder.nodes
        if not can_feed_back(nodes, first, given.ref, path, self.sink):
            return Broken()
        if not self._fits(steps, given):
            return Broken()
        return self._as_cell(first, given, path)

    def _fits(self, steps: Value, given: Value) -> bool:
        """Whether an output can be the next input."""
        if given.type == steps.type:
            return True
        nodes = self.applier.builder.nodes
        before = nodes[nodes[steps.ref.node].inputs[0].node]
        taken, made = steps.type.last, given.type.last
        message = f"a step of this `feedback` takes {taken} features and gives {made}"
        help = f"end the body with a layer of width {taken}, such as `dense({taken})`"
        if given.type.with_last(taken) != steps.type:
            message = f"the body of `feedback` turns `{steps.type}` into `{given.type}`"
            help = "it runs step by step and keeps the type: each output is an input"
        self.sink.report(
            SIZE_MISMATCH,
            nodes[given.ref.node].span,
            message,
            label=f"gives `{given.type}`",
            others=(
                Label(before.span, f"`{before.type}` flows into `feedback` first"),
            ),
            help=help,
        )
        return False

    def _as_cell(self, first: int, given: Value, path: str) -> Thing:
        """One recurrent layer instead of the nodes of the body."""
        builder = self.applier.builder
        made = feedback_cell(builder.nodes, first, given.ref, path)
        (onset, *_) = builder.take_back(first)
        with builder.shared(f"{path}.onset", single=True):
            start = builder.add(self.onset, onset.inputs, "onset", self.call.span)
        assert start is not None, "it was made before"
        inputs = [*start, *made.outside, *self._initial(made.initial)]
        with builder.shared(path, single=True):
            refs = builder.add(Recurrent(cell=made.cell), inputs, NAME, self.call.span)
        if refs is None:
            return Broken()
        return Value(refs[0], builder.type_of(refs[0]))

    def _initial(self, initial: tuple[Ref | float, ...]) -> list[Ref]:
        """The first states: those that the spec gives, and zeros besides them."""
        builder = self.applier.builder
        found: list[Ref] = []
        for state in initial:
            if isinstance(state, Ref):
                found.append(state)
                continue
            made = builder.add(Number(value=state), [], "number", self.call.span)
            assert made is not None, "a number has no type rule to break"
            found += made
        return found
