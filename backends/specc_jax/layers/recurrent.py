"""A cell run along time, in one direction or in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from specc.codegen.expressions import (
    Atom,
    Call,
    Constant,
    Expression,
    Index,
    Tuple_,
    call,
    literal,
)
from specc.codegen.plan import Step, shape_text
from specc.ir.types import Type
from specc.ops.recurrent import Merge, Recurrent
from specc_jax.cells import make_cell, output_is_first_state, state_widths
from specc_jax.layers._initial_states import given_states
from specc_jax.writer import Writer

UNREAD = "_"


def emit(step: Step, writer: Writer) -> None:
    """Write one call where one says it all, else a call for each direction."""
    op = step.op
    assert isinstance(op, Recurrent)
    layer = _Layer(step, writer, op)
    if op.direction != "both":
        layer.write_one_direction()
    elif op.merge == "concat" and not op.states and len(step.inputs) == 1:
        layer.write_bidirectional()
    else:
        layer.write_both_apart()


@dataclass(frozen=True, slots=True)
class _Layer:
    step: Step
    writer: Writer
    op: Recurrent

    def write_one_direction(self) -> None:
        """`x, (h, c) = recur(...)`, with `_` for what nobody reads."""
        output, *states = self.step.results
        states = states or [UNREAD] * len(self.op.cell.states)
        slots = self._slots(states)
        read = zip(self.step.results, self.step.node.types, strict=True)
        comment = ", ".join(shape_text(type) for name, type in read if name != UNREAD)
        if not self.op.final:
            targets = (Atom(output), _apart(slots))
            self.writer.put(targets, self._run(0), comment)
            self._finish(output, 0)
            return
        if slots[0] == UNREAD:
            slots[0] = output
        self.writer.put((Atom(UNREAD), _apart(slots)), self._run(0), comment)
        if slots[0] != output:
            self.writer.assign(self.step, Atom(slots[0]))
        self._finish(output, 0)

    def write_bidirectional(self) -> None:
        """`x, _ = bidirectional(...)`; the second result is the last outputs."""
        widths = literal(state_widths(self.op.cell))
        weights = self.writer.weights(self.step)
        runner = "bidirectional" + self._suffix
        run = call(runner, self._cell, weights, *self._sequence, widths)
        ends = (Atom(self.step.results[0]), Atom(UNREAD))
        targets = ends[::-1] if self.op.final else ends
        self.writer.put(targets, run, self.step.comment)

    def write_both_apart(self) -> None:
        """A call for each direction, then what becomes of their results.

        All goes through variables of its own: a result may take the name of an input.
        """
        comment = shape_text(self._type_of_one)
        outputs = []
        for place, name in enumerate(("ahead", "back")):
            output = self.writer.temporary(name)
            outputs.append(Atom(output))
            if self.op.states:
                ends = Atom(self.writer.temporary(f"{name}_states"))
                kept = Atom(UNREAD) if self.op.final else Atom(output)
                self.writer.put((kept, ends), self._run(place), comment)
            else:
                self._run_for_output(output, place, comment)
            if self.op.states and self.op.final:
                first = Index(ends, literal(0))
                self.writer.put((Atom(output),), first, comment)
            self._finish(output, place)
        self._merge_apart(outputs)
        if self.op.states:
            self._name_states()

    def _run_for_output(self, output: str, place: int, comment: str) -> None:
        """A call whose states nobody reads; the last output is the first of them."""
        targets: tuple[Expression, ...] = (Atom(output), Atom(UNREAD))
        if self.op.final:
            slots = self._slots([UNREAD] * len(self.op.cell.states))
            targets = (Atom(UNREAD), _apart([output, *slots[1:]]))
        self.writer.put(targets, self._run(place), comment)

    def _merge_apart(self, outputs: list[Atom]) -> None:
        if self.op.merge == "none":
            names = self.step.results[:2]
            shape = shape_text(self._type_of_one)
            comment = ", ".join(shape for name in names if name != UNREAD)
            targets = tuple(map(Atom, names))
            self.writer.put(targets, Tuple_(tuple(outputs)), comment)
            return
        merge = call(_merge(self.op.merge), *outputs)
        target = Atom(self.step.results[0])
        self.writer.put((target,), merge, shape_text(self.step.node.type))

    def _name_states(self) -> None:
        count = len(self.op.cell.states)
        names = self.step.results[-2 * count :]
        types = self.step.node.types[-2 * count :]
        for place, name in enumerate(("ahead", "back")):
            ends = Atom(self.writer.temporary(f"{name}_states"))
            part = slice(place * count, (place + 1) * count)
            comment = ", ".join(map(shape_text, types[part]))
            slots = self._slots(names[part])
            targets = tuple(map(Atom, slots))
            apart = targets if len(targets) > 1 else (Tuple_(targets),)
            self.writer.put(apart, ends, comment)

    # Parts of a call

    def _run(self, place: int) -> Call:
        """The cell in one of the layer's directions."""
        direction = self.op.directions[place]
        weights = self.writer.weights(self.step)
        if self.op.direction == "both":
            weights = Index(weights, literal(direction))
        runner = "recur" + self._suffix
        states = literal(state_widths(self.op.cell))
        if self._given:
            runner += "_from"
            states = given_states(self.step, self.writer, self.op, place)
        run = call(runner, call(self._cell, weights), *self._sequence, states)
        return _reversed(run) if direction == "backward" else run

    def _finish(self, output: str, place: int) -> None:
        """What the output needs after the run, seldom anything."""
        if output == UNREAD:
            return
        y, comment = Atom(output), shape_text(self._type_of_one)
        mask = self.writer.mask(self.step)
        first = output_is_first_state(self.op.cell)
        if mask is not None and self._given and first:
            silent = self._silent(y, mask, self.op.directions[place])
            self.writer.put((y,), silent, comment)
        if self.op.cell.type_of(self.op.cell.output).rank == 0:
            number = Index(y, Tuple_((Constant("..."), literal(0))))
            self.writer.put((y,), number, comment)

    def _silent(self, y: Atom, mask: Expression, direction: str) -> Expression:
        """Zeros, not the states given, before a row's first valid step."""
        if self.op.final:
            return call("zero_empty", y, mask)
        silent = call("zero_before_start", y, mask)
        return _reversed(silent) if direction == "backward" else silent

    @property
    def _given(self) -> bool:
        """Whether the spec gives the states to start from."""
        return len(self.step.inputs) > 1

    @property
    def _suffix(self) -> str:
        return "" if self.step.mask is None else "_masked"

    @property
    def _sequence(self) -> tuple[Expression, ...]:
        """What is run over: x, and its mask if it has one."""
        mask = self.writer.mask(self.step)
        x = self.writer.value(self.step)
        return (x,) if mask is None else (x, mask)

    @property
    def _cell(self) -> Atom:
        return self.writer.cell(make_cell(self.op.cell, self.writer.reserved))

    @property
    def _type_of_one(self) -> Type:
        """The type of the output of one direction."""
        type = self.op.cell.type_of(self.op.cell.output)
        if self.op.final:
            return type
        return type.with_axes(self.step.input_types[0].axes[0], *type.axes)

    def _slots(self, states: Sequence[str]) -> list[str]:
        """Names for what a step carries: the output's place, if it has one, first."""
        return [*([] if output_is_first_state(self.op.cell) else [UNREAD]), *states]


def _apart(names: Sequence[str]) -> Expression:
    if set(names) == {UNREAD}:
        return Atom(UNREAD)
    return Tuple_(tuple(map(Atom, names)))


def _reversed(run: Call) -> Call:
    return Call(run.function, (*run.arguments, ("reverse", literal(True))))


def _merge(merge: Merge) -> Atom:
    """The function that merges the outputs of two directions."""
    if merge == "sum":
        return Atom("jnp.add")
    if merge == "multiply":
        return Atom("jnp.multiply")
    return Atom(merge)
