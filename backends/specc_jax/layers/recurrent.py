"""A cell run along time, in one direction or in both."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from specc.codegen.expressions import (
    Atom,
    Binary,
    Call,
    Dict_,
    Expression,
    Index,
    Tuple_,
    call,
    literal,
)
from specc.codegen.plan import Step, shape_text
from specc.ir.types import Type
from specc.ops.recurrent import Merge, Recurrent
from specc_jax.cells import (
    has_vectors,
    make_cell,
    output_is_first_state,
    state_shapes,
)
from specc_jax.choice import choose_schedule
from specc_jax.derived_cells import derived_cell
from specc_jax.layers._initial_states import given_states
from specc_jax.layers._recurrent_dropout import Dropping
from specc_jax.writer import Writer

UNREAD = "_"
RUNNERS = {"sequential": "run", "parallel": "run_parallel", "chunked": "run_chunked"}


def emit(step: Step, writer: Writer) -> None:
    """Write one call where one says it all, else a call for each direction."""
    op = step.op
    assert isinstance(op, Recurrent)
    schedule = choose_schedule(op, writer.plan.model.target)
    layer = _Layer(step, writer, replace(op, schedule=schedule))
    if op.direction != "both":
        layer.write_one_direction()
    elif layer.is_bidirectional:
        layer.write_bidirectional()
    else:
        layer.write_both_apart()


class _Layer(Struct, frozen=True):
    step: Step
    writer: Writer
    op: Recurrent

    def write_one_direction(self) -> None:
        """`x, (h, c) = recur(...)`, with `_` for what nobody reads."""
        output, *states = self.step.results
        slots = self._slots(states or [UNREAD] * len(self.op.cell.states))
        kept = output
        if self.op.final:
            # The last output is the first of the states.
            slots[0] = output if slots[0] == UNREAD else slots[0]
            kept = UNREAD
        read = zip(self.step.results, self.step.node.types, strict=True)
        comment = _shapes([type for name, type in read if name != UNREAD])
        self.writer.put((Atom(kept), _apart(slots)), self._run(0), comment)
        value = self._silent(Atom(slots[0] if self.op.final else output), 0)
        if value != Atom(output) and output != UNREAD:
            self.writer.put((Atom(output),), value, shape_text(self._type_of_one))

    def write_bidirectional(self) -> None:
        """`x, _ = bidirectional(...)`; the second result is the last outputs."""
        weights = self.writer.weights(self.step)
        if not self.step.node.weights:
            sides = ((literal(side), weights) for side in self.op.directions)
            weights = Dict_(tuple(sides))
        runner = "bidirectional" + self._suffix
        if self.is_derived:
            together = self.op.schedule.directions == "together"
            runner = "run_together" if together else "run_both"
        run = call(runner, self._cell, weights, *self._sequence, self._widths)
        ends = (Atom(self.step.results[0]), Atom(UNREAD))
        targets = ends[::-1] if self.op.final else ends
        self.writer.put(targets, run, self.step.comment)

    def write_both_apart(self) -> None:
        """A call for each direction, then what becomes of their results.

        All goes through variables of its own: a result may take the name of an input.
        """
        read = any(name != UNREAD for name in self._outputs)
        keeps_output = read and not self.op.final
        keeps_states = self.op.states or (read and self.op.final)
        comment = shape_text(self._type_of_one)
        outputs, ends = [], []
        for place, name in enumerate(("ahead", "back")):
            output = Atom(self.writer.temporary(name))
            states = Atom(self.writer.temporary(f"{name}_states"))
            kept = output if keeps_output else Atom(UNREAD)
            left = states if keeps_states else Atom(UNREAD)
            self.writer.put((kept, left), self._run(place), comment)
            found = Index(states, literal(0)) if self.op.final else output
            outputs.append(self._silent(found, place))
            ends.append(states)
        if read:
            targets = tuple(map(Atom, self._outputs))
            types = self.step.node.types[: len(targets)]
            merged = _merged(self.op.merge, *outputs)
            self.writer.put(targets, merged, _shapes(types))
        if self.op.states:
            self._write_states(ends)

    def _write_states(self, ends: list[Atom]) -> None:
        """`h, c = ahead_states`, and the same for the other direction."""
        count = len(self.op.cell.states)
        names = self.step.results[-2 * count :]
        types = self.step.node.types[-2 * count :]
        for place, states in enumerate(ends):
            part = slice(place * count, (place + 1) * count)
            if set(names[part]) == {UNREAD}:
                continue
            targets = tuple(map(Atom, self._slots(names[part])))
            apart = targets if len(targets) > 1 else (Tuple_(targets),)
            self.writer.put(apart, states, _shapes(types[part]))

    # Parts of a call

    def _run(self, place: int) -> Call:
        """The cell in one of the layer's directions."""
        direction = self.op.directions[place]
        weights = self.writer.weights(self.step)
        if self.op.direction == "both" and self.step.node.weights:
            weights = Index(weights, literal(direction))
        if self.is_derived:
            return self._derived_run(direction, weights, place)
        runner = "recur" + self._suffix
        if self.is_given or not has_vectors(self.op.cell):
            runner += "_from"
            states = given_states(self.step, self.writer, self.op, place)
        else:
            states = self._widths
        x, *mask = self._sequence
        dropping = Dropping(self.step, self.writer, self.op)
        weights, x = dropping.weights(weights), dropping.input(x)
        cell = call(self._cell, weights, *self._outside, *dropping.masks())
        run = call(runner, cell, x, *mask, states)
        return _reversed(run) if direction == "backward" else run

    def _derived_run(self, direction: str, weights: Expression, place: int) -> Call:
        """The cell with its own backward pass in one direction."""
        dropping = Dropping(self.step, self.writer, self.op)
        weights, (x, mask) = dropping.weights(weights), self._sequence
        x, op = dropping.input(x), self.op
        if self.is_given or not has_vectors(op.cell):
            states = given_states(self.step, self.writer, op, place)
            assert isinstance(states, Tuple_)
            states = Tuple_(states.items[-len(op.cell.states) :])
        else:
            shapes = state_shapes(op.cell)[-len(op.cell.states) :]
            widths = literal(tuple(width for (width,) in shapes))
            states = call("zero_states", self.writer.value(self.step), widths)
        runner = RUNNERS[op.schedule.scan]
        if runner == "run" and not output_is_first_state(op.cell):
            runner = "run_staged"
        elif runner == "run" and op.schedule.input_product == "either":
            runner = "run_either"
        cell = call(self._cell, weights, *self._outside, *dropping.masks())
        over: tuple[Expression, ...] = ()
        if runner == "run_staged":
            seen = bool(self._outside or dropping.masks())
            over = (Atom("over_rows" if seen else "over_steps"),)
        run = call(runner, cell, x, mask, states, *over)
        return _reversed(run) if direction == "backward" else run

    def _silent(self, output: Expression, place: int) -> Expression:
        """An output with zeros, not the states given, before the first valid step."""
        mask = self.writer.mask(self.step)
        from_state = self.is_given and output_is_first_state(self.op.cell)
        if mask is None or not from_state:
            return output
        if self.op.final:
            return call("zero_empty", output, mask)
        silent = call("zero_before_start", output, mask)
        backward = self.op.directions[place] == "backward"
        return _reversed(silent) if backward else silent

    @property
    def _outputs(self) -> tuple[str, ...]:
        return self.step.results[: 2 if self.op.merge == "none" else 1]

    @property
    def is_bidirectional(self) -> bool:
        """Whether one call says all: vectors from zeros, both ways, side by side."""
        op = self.op
        plain = op.merge == "concat" and not op.states and not self.is_given
        schedule = op.schedule
        if self.is_derived:
            usual = schedule.scan == "sequential" and schedule.input_product != "either"
            plain = plain and usual and output_is_first_state(op.cell)
        return plain and not (op.cell.outside or op.drops) and has_vectors(op.cell)

    @property
    def _widths(self) -> Expression:
        """The widths of the states, which are vectors."""
        return literal(tuple(width for (width,) in state_shapes(self.op.cell)))

    @property
    def is_derived(self) -> bool:
        """Whether the backward pass is derived from the cell's equations."""
        return self.op.schedule.backward == "derived"

    @property
    def is_given(self) -> bool:
        """Whether the spec gives the states to start from."""
        return len(self.step.inputs) > 1 + len(self.op.cell.outside)

    @property
    def _outside(self) -> list[Expression]:
        """What the cell sees at every step, each value with its mask after it."""
        found: list[Expression] = []
        for place, outside in enumerate(self.op.cell.outside, start=1):
            found.append(self.writer.value(self.step, place))
            if outside.mask is not None:
                mask = self.step.masks[place]
                assert mask is not None, f"{outside.name} has a mask"
                found.append(Atom(mask))
        return found

    @property
    def _suffix(self) -> str:
        return "" if self.step.mask is None else "_masked"

    @property
    def _sequence(self) -> tuple[Expression, ...]:
        """What is run over: x, and its mask if it has one."""
        mask = self.writer.mask(self.step)
        x = self.writer.value(self.step)
        if mask is None:
            return (x, literal(None)) if self.is_derived else (x,)
        return x, mask

    @property
    def _cell(self) -> Atom:
        cell, reserved = self.op.cell, self.writer.reserved
        if self.is_derived:
            schedule, target = self.op.schedule, self.writer.plan.model.target.name
            return self.writer.cell(
                lambda take: derived_cell(cell, schedule, target, reserved, take)
            )
        return self.writer.cell(
            lambda take: (make_cell(cell, reserved, take(cell.name)),)
        )

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


def _shapes(types: Sequence[Type]) -> str:
    return ", ".join(map(shape_text, types))


def _apart(names: Sequence[str]) -> Expression:
    if set(names) == {UNREAD}:
        return Atom(UNREAD)
    return Tuple_(tuple(map(Atom, names)))


def _reversed(run: Call) -> Call:
    return Call(run.function, (*run.arguments, ("reverse", literal(True))))


def _merged(merge: Merge, ahead: Expression, back: Expression) -> Expression:
    """The outputs of two directions as one, or side by side in Python."""
    match merge:
        case "concat":
            return call("concat", ahead, back)
        case "sum":
            return Binary("+", ahead, back)
        case "multiply":
            return Binary("*", ahead, back)
        case "average":
            return Binary("/", Binary("+", ahead, back), literal(2))
        case "none":
            return Tuple_((ahead, back))
