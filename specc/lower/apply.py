"""Applying a layer to values: nodes are made, tuples spread, weights shared."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import Sink
from specc.diagnostics.codes import NOT_A_VALUE, TOO_LARGE, WRONG_ARITY
from specc.ir.graph import Ref
from specc.lower.apply_cell import CellApplier
from specc.lower.builder import NODE_LIMIT, Builder
from specc.lower.spreading import spread
from specc.lower.things import (
    Broken,
    Bundle,
    CellLayer,
    Chain,
    Deferred,
    Fan,
    Layer,
    Named,
    OpLayer,
    Shared,
    Thing,
    Value,
    describe,
    is_single,
)
from specc.lower.wording import counted, ranged
from specc.text import Span

CALL_LIMIT = 10 * NODE_LIMIT
RUN_LIMIT = NODE_LIMIT // 2
DEPTH_LIMIT = 100
TUPLE_LIMIT = 1000
TUPLE_DEPTH_LIMIT = 64
UNPACK = "name the parts first, as in `y, states = ...` and `h, c = states`"


class Applier:
    """Applies layers within one model."""

    def __init__(self, builder: Builder, sink: Sink) -> None:
        self.builder, self.sink = builder, sink
        self._cells = CellApplier(builder, sink)
        self._calls = 0
        self._runs = 0
        self._depth = 0

    def apply(self, layer: Layer, thing: Thing, span: Span) -> Thing:
        """The value or values a layer gives for what flows into it."""
        if isinstance(thing, Broken):
            return thing
        self._calls += 1
        self._depth += 1
        if self._depth == 1:
            self.builder.use = span
        self._check_limits(span)
        result = self.held(self._apply(layer, thing, span), span)
        self._depth -= 1
        if self._depth == 0:
            self.builder.use = None
        return result

    def _apply(self, layer: Layer, thing: Thing, span: Span) -> Thing:
        match layer:
            case OpLayer(op=op):
                least, most = op.arity()
                refs = self._refs(layer, thing, least, most)
                if refs is None:
                    return Broken()
                refs = spread(op, refs, self.builder, layer.span)
                made = self.builder.add(op, refs, layer.name, layer.span, layer.text)
                return Broken() if made is None else self._things(made)
            case CellLayer():
                count = len(layer.definition.inputs)
                refs = self._refs(layer, thing, count, count)
                return Broken() if refs is None else self._cells.apply(layer, refs)
            case Chain(steps=steps):
                for step in steps:
                    thing = self.apply(step, thing, span)
                return thing
            case Deferred(run=run):
                self._count_run(span)
                return run(thing)
            case Fan(items=items):
                return self._fan(items, thing, span)
            case Named(label=label, layer=inner):
                with self.builder.labelled(label, is_single(inner)):
                    return self.apply(inner, thing, span)
            case Shared(name=name, layer=inner):
                with self.builder.shared(name, is_single(inner)):
                    return self.apply(inner, thing, span)

    def each(self, layer: Layer, thing: Thing, span: Span) -> Thing:
        """A layer applied to every value of a tuple, or to the only one."""
        if not isinstance(thing, Bundle):
            return self.apply(layer, thing, span)
        found = tuple(self.apply(layer, item, span) for item in thing.items)
        broken = any(isinstance(item, Broken) for item in found)
        return Broken() if broken else Bundle(found)

    def held(self, thing: Thing, span: Span) -> Thing:
        """The same, unless it is a tuple of more values than one may hold.

        A block that gives its input twice makes 2 ** 60 of one in a loop of 60.
        """
        if not isinstance(thing, Bundle):
            return thing
        if thing.count <= TUPLE_LIMIT and thing.depth <= TUPLE_DEPTH_LIMIT:
            return thing
        message = (
            f"a tuple holds at most {TUPLE_LIMIT:,} values, {TUPLE_DEPTH_LIMIT} deep"
        )
        self.sink.report(TOO_LARGE, span, message)
        return Broken()

    def _check_limits(self, span: Span) -> None:
        """Stop where layers bound by `let` repeat each other without end."""
        if self._depth <= DEPTH_LIMIT and self._calls <= CALL_LIMIT:
            return
        message = f"layers stand more than {DEPTH_LIMIT} deep in each other"
        if self._depth <= DEPTH_LIMIT:
            message = f"layers are applied more than {CALL_LIMIT:,} times"
        self.sink.report(TOO_LARGE, span, message)
        self.sink.stop_on_errors()

    def _count_run(self, span: Span) -> None:
        """Stop where blocks repeat each other without end."""
        self._runs += 1
        if self._runs > RUN_LIMIT:
            message = f"blocks and loops are entered more than {RUN_LIMIT:,} times"
            self.sink.report(TOO_LARGE, span, message)
            self.sink.stop_on_errors()

    def _fan(self, layers: Sequence[Layer], thing: Thing, span: Span) -> Thing:
        """One value into each layer, or as many values as layers pairwise."""
        things: Sequence[Thing] = [thing] * len(layers)
        if isinstance(thing, Bundle):
            things = thing.items
        if len(things) != len(layers):
            values = counted(len(things), "value")
            self.sink.report(
                WRONG_ARITY,
                span,
                f"{values} cannot flow into {counted(len(layers), 'layer')}",
                help="a tuple of values goes pairwise into a tuple of layers",
            )
            return Broken()
        found = []
        for layer, item in zip(layers, things, strict=True):
            found.append(self.apply(layer, item, span))
        broken = any(isinstance(item, Broken) for item in found)
        return Broken() if broken else Bundle(tuple(found))

    def _refs(
        self, layer: OpLayer | CellLayer, thing: Thing, least: int, most: int
    ) -> list[Ref] | None:
        """The values that flow into a layer of so many inputs."""
        items = thing.items if isinstance(thing, Bundle) else (thing,)
        if any(isinstance(item, Broken) for item in items):
            return None
        if not least <= len(items) <= most:
            self._wrong_count(layer, items, least, most)
            return None
        refs = [item.ref for item in items if isinstance(item, Value)]
        if len(refs) == len(items):
            return refs
        wrong = next(item for item in items if not isinstance(item, Value))
        what = "a tuple of " * isinstance(wrong, Bundle) + describe(wrong)
        self.sink.report(
            NOT_A_VALUE,
            layer.span,
            f"`{layer.name}` takes values, found {what}",
            help=UNPACK if isinstance(wrong, Bundle) else None,
        )
        return None

    def _wrong_count(
        self, layer: OpLayer | CellLayer, items: Sequence[Thing], least: int, most: int
    ) -> None:
        help = f"give it several: `(a, b) -> {layer.name}`"
        if any(isinstance(item, Bundle) for item in items):
            help = UNPACK
        elif most == 1:
            help = "merge them first, as in `(a, b) -> concat`"
        self.sink.report(
            WRONG_ARITY,
            layer.span,
            f"`{layer.name}` takes {ranged(least, most, 'value')}, found {len(items)}",
            help=help,
        )

    def _things(self, refs: Sequence[Ref]) -> Thing:
        values = tuple(Value(ref, self.builder.type_of(ref)) for ref in refs)
        return values[0] if len(values) == 1 else Bundle(values)
