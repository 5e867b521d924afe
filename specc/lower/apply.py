"""Applying a layer to values: nodes are made, tuples spread, weights shared."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import Sink
from specc.diagnostics.codes import (
    NOT_A_VALUE,
    WRONG_ARITY,
    WRONG_STATE,
)
from specc.ir.graph import Cell, Ref
from specc.ir.op import IllTyped
from specc.lower.builder import Builder
from specc.lower.cell import lower_cell
from specc.lower.things import (
    Broken,
    Bundle,
    CellLayer,
    Chain,
    Constant,
    Fan,
    Layer,
    Named,
    OpLayer,
    Shared,
    Thing,
    Value,
    describe,
)
from specc.ops._sequence import fixed_features, need_steps
from specc.ops.number import Number
from specc.ops.recurrent import Recurrent
from specc.text import Span


class Applier:
    """Applies layers within one model."""

    def __init__(self, builder: Builder, sink: Sink) -> None:
        self.builder, self.sink = builder, sink
        self._cells: dict[tuple[object, ...], Cell | None] = {}

    def apply(self, layer: Layer, thing: Thing, span: Span) -> Thing:
        """The value or values a layer gives for what flows into it."""
        if isinstance(thing, Broken):
            return thing
        match layer:
            case OpLayer():
                return self._op(layer, thing)
            case CellLayer():
                return self._cell(layer, thing)
            case Chain(steps=steps):
                for step in steps:
                    thing = self.apply(step, thing, span)
                return thing
            case Fan(items=items):
                return self._fan(items, thing, span)
            case Named(label=label, layer=inner):
                with self.builder.labelled(label, layer.span):
                    return self.apply(inner, thing, span)
            case Shared(name=name, layer=inner):
                single = isinstance(inner, OpLayer | CellLayer)
                with self.builder.shared(name, single):
                    return self.apply(inner, thing, span)
            case _:
                return Broken()

    def _fan(self, layers: Sequence[Layer], thing: Thing, span: Span) -> Thing:
        """One value into each layer, or as many values as layers pairwise."""
        things: Sequence[Thing] = [thing] * len(layers)
        if isinstance(thing, Bundle):
            things = thing.items
        if len(things) != len(layers):
            message = f"{len(things)} values flow into {len(layers)} layers"
            self.sink.report(
                WRONG_ARITY,
                span,
                message,
                help="a tuple of values goes pairwise into a tuple of layers",
            )
            return Broken()
        found = [
            self.apply(layer, item, span)
            for layer, item in zip(layers, things, strict=True)
        ]
        broken = any(isinstance(item, Broken) for item in found)
        return Broken() if broken else Bundle(tuple(found))

    def _op(self, layer: OpLayer, thing: Thing) -> Thing:
        refs = self._refs(thing, layer.span)
        if refs is None:
            return Broken()
        least, most = layer.op.arity()
        if not least <= len(refs) <= most:
            self._wrong_count(layer, len(refs), least, most)
            return Broken()
        results = self.builder.add(layer.op, refs, layer.name, layer.span)
        return self._things(results)

    def _wrong_count(self, layer: OpLayer, found: int, least: int, most: int) -> None:
        wanted = "one value" if most == 1 else f"{least} values"
        if most > 1 and most != least:
            wanted += " or more"
        self.sink.report(
            WRONG_ARITY,
            layer.span,
            f"`{layer.name}` takes {wanted}, found {found}",
            help="merge them first, as in `(a, b) -> concat`"
            if most == 1
            else f"give it several: `(a, b) -> {layer.name}`",
        )

    def _cell(self, layer: CellLayer, thing: Thing) -> Thing:
        refs = self._refs(thing, layer.span)
        if refs is None:
            return Broken()
        if len(refs) != 1:
            message = f"`{layer.name}` takes one value, found {len(refs)}"
            self.sink.report(WRONG_ARITY, layer.span, message)
            return Broken()
        op = self._recurrent(layer, refs[0])
        initial = [] if op is None else self._initial(layer, op)
        if op is None or initial is None:
            return Broken()
        results = self.builder.add(op, [*refs, *initial], layer.name, layer.span)
        if results is None or not layer.options.states:
            return self._things(results)
        return self._with_states(op, results)

    def _recurrent(self, layer: CellLayer, ref: Ref) -> Recurrent | None:
        type = self.builder.type_of(ref)
        name = layer.cell.name.text
        probe = Number(value=0.0)
        try:
            need_steps(probe, type, name=name)
            width = fixed_features(probe, type, name=name)
        except IllTyped as error:
            self.builder.refuse(error, [ref], layer.span)
            return None
        cell = self._instance(layer, width)
        if cell is None:
            return None
        return Recurrent(
            cell=cell,
            direction=layer.direction,
            merge=layer.merge,
            final=layer.options.final,
            states=layer.options.states,
        )

    def _instance(self, layer: CellLayer, width: int) -> Cell | None:
        """The cell at a width; equal uses share one."""
        arguments = tuple(sorted(layer.arguments.items()))
        key = (id(layer.cell), arguments, layer.options, width)
        if key not in self._cells:
            names = {**layer.constants, **layer.arguments}
            self._cells[key] = lower_cell(
                layer.cell, names, layer.options, width, layer.span, self.sink
            )
        return self._cells[key]

    def _initial(self, layer: CellLayer, op: Recurrent) -> list[Ref] | None:
        """The states a layer starts from, flat; a bare 0 fits any of them."""
        if layer.init is None:
            return []
        refs = self._refs(_flatten(layer.init), layer.span)
        if refs is None:
            return None
        if len(refs) == len(op.state_types):
            return refs
        self.sink.report(
            WRONG_STATE,
            layer.span,
            f"`{layer.name}` starts from {len(op.state_types)} state(s), "
            f"found {len(refs)}",
            help="states go in the order of the cell's `state` line: "
            + ", ".join(state.name for state in op.cell.states),
        )
        return None

    def _with_states(self, op: Recurrent, results: Sequence[Ref]) -> Thing:
        """The outputs, then the final states: `y, (h, c)`; per direction for `bi`."""
        count = len(op.cell.states)
        outputs = results[: len(results) - count * len(op.directions)]
        rest = results[len(outputs) :]
        sides = [rest[i : i + count] for i in range(0, len(rest), count)]
        bundles = [self._things(side) for side in sides]
        states = bundles[0] if len(bundles) == 1 else Bundle(tuple(bundles))
        return Bundle((*(self._value(ref) for ref in outputs), states))

    def _refs(self, thing: Thing, span: Span) -> list[Ref] | None:
        items = thing.items if isinstance(thing, Bundle) else (thing,)
        refs = []
        for item in items:
            if isinstance(item, Broken):
                return None
            ref = self._ref(item, span)
            if ref is None:
                self.sink.report(
                    NOT_A_VALUE, span, f"expected a value, found {describe(item)}"
                )
                return None
            refs.append(ref)
        return refs

    def _ref(self, thing: Thing, span: Span) -> Ref | None:
        if isinstance(thing, Value):
            return thing.ref
        if isinstance(thing, Constant):
            made = self.builder.add(
                Number(value=float(thing.value)), [], "number", span
            )
            return None if made is None else made[0]
        return None

    def _things(self, refs: Sequence[Ref] | None) -> Thing:
        if refs is None:
            return Broken()
        if len(refs) == 1:
            return self._value(refs[0])
        return Bundle(tuple(self._value(ref) for ref in refs))

    def _value(self, ref: Ref) -> Value:
        return Value(ref, self.builder.type_of(ref))


def _flatten(thing: Thing) -> Thing:
    """All values of nested bundles in one."""
    if not isinstance(thing, Bundle):
        return thing
    flat: list[Thing] = []
    for item in thing.items:
        inner = _flatten(item)
        flat += inner.items if isinstance(inner, Bundle) else [inner]
    return Bundle(tuple(flat))
