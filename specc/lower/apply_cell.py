"""Applying a recurrent layer: its cell at the width of the input, its first states."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import WRONG_STATE
from specc.ir.graph import Cell, Ref
from specc.ir.op import IllTyped
from specc.ir.types import Type
from specc.lower.builder import Builder
from specc.lower.cell import lower_cell
from specc.lower.cell_outside import fits
from specc.lower.things import (
    Broken,
    Bundle,
    CellLayer,
    Constant,
    Initial,
    Thing,
    Value,
    describe,
    flat,
)
from specc.lower.wording import counted
from specc.ops._sequence import step_type
from specc.ops.concat import Concat
from specc.ops.number import Number
from specc.ops.recurrent import Recurrent


class CellApplier:
    """Applies recurrent layers within one model; equal uses share one cell."""

    def __init__(self, builder: Builder, sink: Sink) -> None:
        self.builder, self.sink = builder, sink
        self._cells: dict[tuple[object, ...], Cell | None] = {}

    def apply(self, layer: CellLayer, refs: Sequence[Ref]) -> Thing:
        """The outputs, and with `states` the final states, of a run over its inputs."""
        refs = [self.builder.each_example(ref, layer.span) for ref in refs]
        outside = tuple((self._batched(value), at) for value, at in layer.outside)
        layer = replace(layer, outside=outside)
        steps = self._steps(layer, refs)
        ref = None if steps is None else self._joined(layer, refs)
        if steps is None or ref is None:
            return Broken()
        op = self._recurrent(layer, steps)
        initial = None if op is None else self._initial(layer, op)
        if op is None or initial is None:
            return Broken()
        seen = [value.ref for value, _ in layer.outside]
        inputs = [ref, *seen, *initial]
        made = self.builder.add(op, inputs, layer.name, layer.span, layer.text)
        return Broken() if made is None else self._results(op, made)

    def _batched(self, value: Value) -> Value:
        """A value, once for every example if it is the same for all of them."""
        ref = self.builder.each_example(
            value.ref, self.builder.nodes[value.ref.node].span
        )
        return Value(ref, self.builder.type_of(ref))

    def _steps(self, layer: CellLayer, refs: Sequence[Ref]) -> list[Type] | None:
        """The types of one step of each input; None where one was refused."""
        found = []
        for given, ref in zip(layer.definition.inputs, refs, strict=True):
            type = self.builder.type_of(ref)
            try:
                found.append(step_type(layer.definition.name, type, given.rank))
            except IllTyped as error:
                self.builder.refuse(error, [ref], layer.span)
        return found if len(found) == len(refs) else None

    def _joined(self, layer: CellLayer, refs: Sequence[Ref]) -> Ref | None:
        """What flows in as one value: several inputs side by side."""
        if len(refs) == 1:
            return refs[0]
        with self.builder.aside():
            made = self.builder.add(Concat(), refs, "concat", layer.span)
        return None if made is None else made[0]

    def _recurrent(self, layer: CellLayer, steps: list[Type]) -> Recurrent | None:
        types = [(value.type, span) for value, span in layer.outside]
        if not fits(layer.definition, types, layer.span, self.sink):
            return None
        cell = self._instance(layer, steps)
        if cell is None:
            return None
        return Recurrent(
            cell=cell,
            direction=layer.direction,
            merge=layer.merge,
            final=layer.options.final,
            states=layer.options.states,
            dropout=layer.options.dropout,
            recurrent_dropout=layer.options.recurrent_dropout,
            weight_dropout=layer.options.weight_dropout,
        )

    def _instance(self, layer: CellLayer, steps: list[Type]) -> Cell | None:
        """The cell at the sizes of its inputs."""
        arguments = tuple(sorted(layer.arguments.items()))
        outside = tuple(value.type for value, _ in layer.outside)
        own = (layer.options, layer.starts)
        key = (id(layer.definition), arguments, own, tuple(steps), outside)
        if key not in self._cells:
            self._cells[key] = lower_cell(
                layer.definition,
                layer.arguments,
                layer.options,
                layer.starts,
                steps,
                outside,
                layer.span,
                self.sink,
            )
        return self._cells[key]

    def _initial(self, layer: CellLayer, op: Recurrent) -> list[Ref] | None:
        """The states a layer starts from, in order; a bare 0 fits any of them."""
        if layer.init is None:
            return []
        things, wanted = list(flat(layer.init.states)), op.state_types
        if len(things) != len(wanted):
            self.sink.report(
                WRONG_STATE,
                layer.init.span,
                f"`{layer.name}` starts from {counted(len(wanted), 'state')}, "
                f"found {len(things)}",
                help=_order(op, len(things)),
            )
            return None
        refs = [
            self._state(layer, layer.init, thing, type)
            for thing, type in zip(things, wanted, strict=True)
        ]
        known = [ref for ref in refs if ref is not None]
        return known if len(known) == len(refs) else None

    def _state(
        self, layer: CellLayer, init: Initial, thing: Thing, wanted: Type
    ) -> Ref | None:
        if isinstance(thing, Constant):
            number = Number(value=float(thing.value))
            made = self.builder.add(number, [], "number", init.span)
            return None if made is None else made[0]
        if isinstance(thing, Value):
            thing = self._batched(thing)
            if thing.type == wanted:
                return thing.ref
        others: tuple[Label, ...] = ()
        if isinstance(thing, Value):
            origin = self.builder.nodes[thing.ref.node].span
            others = (Label(origin, f"`{thing.type}` comes from here"),)
        self.sink.report(
            WRONG_STATE,
            init.span,
            f"a state of `{layer.definition.name}` is `{wanted}`, "
            f"found {describe(thing)}",
            others=others,
            help=_state_help(thing, wanted),
        )
        return None

    def _results(self, op: Recurrent, refs: Sequence[Ref]) -> Thing:
        """The outputs, then the final states: `y, (h, c)`; per direction for `bi`."""
        values = [Value(ref, self.builder.type_of(ref)) for ref in refs]
        count = len(op.cell.states) if op.states else 0
        outputs = values[: len(values) - count * len(op.directions)]
        rest = values[len(outputs) :]
        sides = [_bundle(rest[i : i + count]) for i in range(0, len(rest), count or 1)]
        states = [_bundle(sides)] if sides else []
        return _bundle([*outputs, *states])


def _order(op: Recurrent, found: int) -> str:
    if op.direction != "both" and found == 2 * len(op.cell.states):
        return "lay the states of two directions side by side: `init = join(...)`"
    names = ", ".join(f"`{state.name}`" for state in op.cell.states)
    sides = " forward, then the same backward" if op.direction == "both" else ""
    return f"give them in the order of the cell: {names}{sides}"


def _state_help(thing: Thing, wanted: Type) -> str:
    """How something becomes a state."""
    width = wanted.axes[-1] if wanted.rank == 1 else None
    if isinstance(thing, Value) and thing.type.dtype == "float" and width is not None:
        if thing.type.rank > 1:
            return "a state is one step: reduce the time axis, with `mean` or `last`"
        return f"`dense({width})` brings a vector to that width; `0` fits any state"
    return "give a value of that type, or `0`, which fits any state"


def _bundle(things: Sequence[Thing]) -> Thing:
    """Several things as one; a single one stands for itself."""
    return things[0] if len(things) == 1 else Bundle(tuple(things))
