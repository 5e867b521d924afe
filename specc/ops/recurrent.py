"""`bi(layer, merge)`, and every recurrent layer: a cell run along time."""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec.structs import replace

from specc.diagnostics.codes import SIZE_MISMATCH, WRONG_STATE
from specc.ir.amount import Amount, elements, total
from specc.ir.graph import Cell
from specc.ir.op import IllTyped, Op, Rate, Sight
from specc.ir.schedule import PORTABLE, Schedule
from specc.ir.size import Size
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features, joined_features, step_type

Direction = Literal["forward", "backward", "both"]
Merge = Literal["concat", "sum", "multiply", "average", "none"]


class Recurrent(Op):
    """h_t, c_t, ... = cell(x_t, h_{t-1}, c_{t-1}, ...), from zero states or given ones.

    `final` gives the output at the last valid step (for the backward direction: at the
    first). `reverse` runs backwards, and `bi` a second cell of the same equations
    beside the first, from each sequence's last valid step; `merge` says what becomes of
    the two outputs: `concat` (unless said otherwise), `sum`, `multiply`, `average`, or
    `none` for both. `states` adds the final states, per direction, and `join` lays
    those of two directions side by side. `init = ` gives the first ones. Inputs: x [T,
    in], or [T, ...] where a step reads an image or a matrix, then the values from
    outside that the cell sees at every step, then the initial states, if any. Results:
    the outputs (two with merge `none`), then the states.

    While training, `dropout` drops from the input and `recurrent_dropout` from each
    state where it enters a product with a matrix: one mask for every sequence and
    direction, the same at all steps and for all gates (Gal and Ghahramani 2016).
    `weight_dropout` drops from the matrices that multiply states, one mask for the
    whole call (Wan et al. 2013, Merity et al. 2018). What is kept is scaled by
    1 / (1 - rate).

    Mask: kept. A masked step keeps the states and repeats the output; the backward
    direction starts at the last valid step.
    Source: Schuster and Paliwal 1997 for two directions.
    Example: (x: float[T, 3] ragged) -> y: float[T, 8] { x -> bi(rnn(4)) }
    """

    internal: ClassVar[bool] = True
    uses_mask: ClassVar[bool] = True

    cell: Cell
    direction: Direction = "forward"
    merge: Merge = "concat"
    final: bool = False
    states: bool = False
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    weight_dropout: Rate = 0.0
    schedule: Schedule = PORTABLE

    @property
    def drops(self) -> bool:
        """Whether anything is drawn while training."""
        return any((self.dropout, self.recurrent_dropout, self.weight_dropout))

    @property
    def directions(self) -> tuple[Literal["forward", "backward"], ...]:
        if self.direction == "both":
            return ("forward", "backward")
        return (self.direction,)

    def result(self, x: Type, *others: Type) -> tuple[Type, ...]:
        needed = self.cell.nodes[0].type
        found = step_type(self.cell.name, x, needed.rank)
        if needed.axes != found.axes:
            raise IllTyped(
                SIZE_MISMATCH,
                f"`{self.cell.name}` takes `{needed}` at a step, found `{found}`",
            )
        for outside, given in zip(self.cell.outside, others, strict=False):
            assert self.cell.type_of(outside.value) == given, "made for this value"
        self._check_initial(others[len(self.cell.outside) :])
        output = self.cell.type_of(self.cell.output)
        if self.direction == "both" and self.merge == "concat":
            doubled = 2 * fixed_features(self.cell.name, output)
            axis = joined_features(self.cell.name, doubled)
            output = output.with_axes(*output.axes[:-1], axis)
        if not self.final:
            output = output.with_axes(x.axes[0], *output.axes)
        outputs = 2 if self.direction == "both" and self.merge == "none" else 1
        states = self.state_types if self.states else ()
        return (*(output for _ in range(outputs)), *states)

    def sees(self, place: int, output: int) -> Sight:
        """Forward outputs see the past of x; what is outside is seen whole."""
        steps = self.direction == "forward" and not self.final
        return "past" if steps and place == output == 0 else "all"

    @property
    def state_types(self) -> tuple[Type, ...]:
        """Types of the states, those of each direction together."""
        one = tuple(self.cell.state_type(i) for i in range(len(self.cell.states)))
        return one * len(self.directions)

    def _check_initial(self, initial: tuple[Type, ...]) -> None:
        if not initial:
            return
        expected = self.state_types
        if len(initial) != len(expected):
            raise IllTyped(
                WRONG_STATE,
                f"`{self.cell.name}` starts from {len(expected)} states, "
                f"found {len(initial)}",
            )
        for found, wanted in zip(initial, expected, strict=True):
            if found.axes not in ((), wanted.axes):
                raise IllTyped(
                    WRONG_STATE,
                    f"a state of `{self.cell.name}` is `{wanted}`, found `{found}`",
                    label=f"this is `{found}`",
                )

    def weights(self, x: Type, *others: Type) -> tuple[Weight, ...]:
        if self.direction != "both":
            return self.cell.weights
        return tuple(
            replace(weight, name=f"{direction}.{weight.name}")
            for direction in self.directions
            for weight in self.cell.weights
        )

    def multiply_adds(self, x: Type, *initial: Type) -> Amount:
        """Those of the equations, at every step and in every direction."""
        nodes = self.cell.nodes
        one = total(
            node.op.multiply_adds(*map(self.cell.type_of, node.inputs))
            for node in nodes
        )
        return one * self.steps(x) * len(self.directions)

    def steps(self, x: Type, *initial: Type) -> Size:
        """Those of the sequence; two directions run side by side."""
        return x.axes[0].size

    def inner(self, x: Type, *initial: Type) -> Amount:
        """What the equations give a name to, at every step and in every direction."""
        named = (node for node in self.cell.nodes if node.name and node.inputs)
        one = total(elements(*node.types) for node in named)
        return one * self.steps(x) * len(self.directions)

    def word(self) -> str:
        name = self.cell.name
        return f"bi({name})" if self.direction == "both" else name
