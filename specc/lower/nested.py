"""Layers that hold other layers: loops and bodies in braces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import (
    DUPLICATE_NAME,
    LOST_MASK,
    NOT_A_LAYER,
    NOT_A_NUMBER,
    TOO_LARGE,
    UNKNOWN_NAME,
    WRONG_PLACE,
)
from specc.ir.graph import Node
from specc.ir.size import Size
from specc.lower.apply import Applier
from specc.lower.arguments import Evaluate
from specc.lower.builder import NODE_LIMIT
from specc.lower.constants import Known, Number, evaluate
from specc.lower.scope import Scope
from specc.lower.things import (
    Broken,
    Bundle,
    Deferred,
    Fan,
    Layer,
    OpLayer,
    Thing,
    Value,
    describe,
    flat,
    is_layer,
)
from specc.lower.wording import number_text
from specc.ops.batchnorm import Batchnorm
from specc.ops.fold import Fold
from specc.ops.unfold import Unfold
from specc.syntax import tree
from specc.text import Span

Within = Callable[[Known, tree.Expression, int], Thing]


class Nested:
    """Makes the loops and bodies that stand in one body."""

    def __init__(
        self,
        evaluate: Evaluate,
        within: Within,
        scope: Scope,
        applier: Applier,
        sink: Sink,
    ) -> None:
        self.evaluate, self.within = evaluate, within
        self.scope, self.applier, self.sink = scope, applier, sink

    def loop(self, written: tree.For | tree.Each) -> Thing:
        """`for` in series, with new weights each time; `each` side by side."""
        name = written.variable
        if self.scope.is_value(name.text):
            message = f"`{name.text}` already names something here"
            self.sink.report(
                DUPLICATE_NAME, name.span, message, help="choose another name"
            )
            return Broken()
        counted = written.range if isinstance(written, tree.For) else written.items
        numbers = self._numbers(counted)
        if numbers is None or not self._is_bounded(len(numbers), counted):
            return Broken()
        variable, body, times = name.text, written.body, len(numbers)

        def layer(number: Number) -> Thing:
            return self.braces(body, {variable: number}, times)

        if isinstance(written, tree.For):
            return self._series(numbers, layer, written)
        found = [layer(number) for number in numbers]
        layers = [one for one in found if is_layer(one)]
        return (
            Fan(tuple(layers), written.span) if len(layers) == len(found) else Broken()
        )

    def over(self, written: tree.Over) -> Thing:
        """The body at every step of an axis, which joins the batch meanwhile."""
        name = written.axis
        size = self.scope.axis(name.text)
        if size is None:
            self.sink.report(
                UNKNOWN_NAME,
                name.span,
                f"no axis is called `{name.text}`",
                help=did_you_mean(name.text, self.scope.lengths)
                or _axes(self.scope.lengths),
            )
            return Broken()
        axis, body = size, written.body

        def run(thing: Thing) -> Thing:
            return self._folded(axis, body, thing, name.span)

        return Deferred(run, written.span)

    def _folded(self, axis: Size, body: tree.Body, thing: Thing, span: Span) -> Thing:
        values = [item for item in flat(thing) if isinstance(item, Value)]
        if not values:
            return Broken()
        fold = OpLayer(Fold(axis=axis), "fold", span)
        layer = self.braces(body, {})
        if not is_layer(layer):
            return Broken()
        inside = self.applier.each(fold, thing, span)
        rows = [item for item in flat(inside) if isinstance(item, Value)]
        if not rows:
            return Broken()
        with self.applier.builder.inside(rows[0].ref):
            return self._steps(axis, layer, inside, values, span)

    def _steps(
        self,
        axis: Size,
        layer: Layer,
        inside: Thing,
        values: Sequence[Value],
        span: Span,
    ) -> Thing:
        """What a layer gives for folded values, put back to the steps there were."""
        made = len(self.applier.builder.nodes)
        result = self.applier.apply(layer, inside, span)
        if any(value.type.axes[:1] and value.type.axes[0].ragged for value in values):
            self._keep_statistics(axis, self.applier.builder.nodes[made:])
        before = values[0]

        def unfold(item: Thing) -> Thing:
            one = OpLayer(Unfold(), "unfold", span)
            return self.applier.apply(one, Bundle((item, before)), span)

        if isinstance(result, Bundle):
            return Bundle(tuple(unfold(item) for item in flat(result)))
        return unfold(result)

    def _keep_statistics(self, axis: Size, inside: Sequence[Node]) -> None:
        """Refuse what would count whole steps of padding, which are rows in here."""
        for node in inside:
            if not isinstance(node.op, Batchnorm) or node.op.frozen or node.type.ragged:
                continue
            self.sink.report(
                LOST_MASK,
                node.span,
                f"in `over {axis}`, `batchnorm` would count steps of padding "
                "while training",
                label=f"this is `{node.type}`, without the mask of `{axis}`",
                help="use it after `over`, or use `layernorm`",
            )

    def _series(
        self,
        numbers: Sequence[Number],
        layer: Callable[[Number], Thing],
        written: tree.For,
    ) -> Layer:
        def run(thing: Thing) -> Thing:
            for number in numbers:
                one = layer(number)
                if not is_layer(one):
                    return Broken()
                thing = self.applier.apply(one, thing, written.span)
                if isinstance(thing, Broken):
                    break  # another 100,000 turns would find nothing more
            return thing

        return Deferred(run, written.span)

    def _numbers(self, written: tree.Expression) -> Sequence[Number] | None:
        """What a loop goes through: 0, 1, ... below a count, or a list."""
        if isinstance(written, tree.List):
            found = [
                evaluate(item, self.scope.constants, self.sink)
                for item in written.items
            ]
            known = [number for number in found if number is not None]
            if not found:
                message = "a loop over an empty list does nothing"
                self.sink.report(WRONG_PLACE, written.span, message)
            return known if known and len(known) == len(found) else None
        count = evaluate(written, self.scope.constants, self.sink)
        if count is None:
            return None
        if not isinstance(count, int) or count < 1:
            message = (
                "a loop runs a whole number of times, at least once, "
                f"not {number_text(count)}"
            )
            self.sink.report(NOT_A_NUMBER, written.span, message)
            return None
        return range(count)

    def _is_bounded(self, times: int, written: tree.Expression) -> bool:
        """Whether a loop and those around it end in time."""
        if times * self.scope.repeats <= NODE_LIMIT:
            return True
        message = f"loops in each other run at most {NODE_LIMIT:,} times in all"
        if self.scope.repeats == 1:
            message = f"a loop runs at most {NODE_LIMIT:,} times"
        self.sink.report(TOO_LARGE, written.span, message)
        return False

    def braces(self, body: tree.Body, constants: Known, times: int = 1) -> Thing:
        """The layer that a body in braces is; it has one line."""
        last = body.statements[-1] if body.statements else None
        if len(body.statements) != 1 or not isinstance(last, tree.Result):
            place = body.statements[0].span if body.statements else body.span
            self.sink.report(
                WRONG_PLACE,
                place,
                "a body in braces is one flow of layers",
                help="a `block` can name values and bind layers",
            )
            return Broken()
        if len(last.values) > 1:
            message = "a body in braces is one flow; lay flows side by side with `( )`"
            self.sink.report(WRONG_PLACE, last.span, message)
            return Broken()
        thing = self.within(constants, last.values[0], times)
        if is_layer(thing) or isinstance(thing, Broken):
            return thing
        self.sink.report(
            NOT_A_LAYER,
            last.span,
            f"expected a layer, found {describe(thing)}",
            help="what flows into the braces has no name there: begin with a layer",
        )
        return Broken()


def _axes(names: Iterable[str]) -> str:
    """Which axes have a name, as help."""
    known = sorted(names)
    if known:
        return f"the axes with a name are {', '.join(f'`{name}`' for name in known)}"
    return "name a size by `const rows = 28`, and the axis by `rows`"
