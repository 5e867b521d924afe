"""A cell run along time: in one direction or both, all outputs or the last."""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec.structs import replace

from specc.diagnostics.codes import SIZE_MISMATCH, WRONG_STATE
from specc.ir.amount import Amount, elements, total
from specc.ir.graph import Cell
from specc.ir.op import IllTyped, Op
from specc.ir.size import Size
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features, joined_features, need_steps

Direction = Literal["forward", "backward", "both"]
Merge = Literal["concat", "sum", "multiply", "average", "none"]


class Recurrent(Op):
    """Run a cell along time from zero states, or from those given after the input.

    A masked step keeps the states and repeats the output. `final` gives the output at
    the last valid step (for the backward direction: at the first). `both` runs a
    second cell of the same equations backwards, from each sequence's last valid step,
    and merges the outputs. `states` adds the final states, per direction.
    Inputs: x [T, in], then the values from outside that the cell sees at every step,
    then the initial states, if any. Results: the outputs (two with merge `none`), then
    the states.
    """

    internal: ClassVar[bool] = True
    uses_mask: ClassVar[bool] = True

    cell: Cell
    direction: Direction = "forward"
    merge: Merge = "concat"
    final: bool = False
    states: bool = False

    @property
    def directions(self) -> tuple[Literal["forward", "backward"], ...]:
        if self.direction == "both":
            return ("forward", "backward")
        return (self.direction,)

    def result(self, x: Type, *others: Type) -> tuple[Type, ...]:
        need_steps(self.cell.name, x)
        width, needed = fixed_features(self.cell.name, x), self.cell.nodes[0].type
        if needed.last.fixed != width:
            raise IllTyped(
                SIZE_MISMATCH,
                f"`{self.cell.name}` takes {needed.last} features, found {width}",
            )
        for outside, found in zip(self.cell.outside, others, strict=False):
            assert self.cell.type_of(outside.value) == found, "made for this value"
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
