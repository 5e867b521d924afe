"""The derivative of a cell's step, from its equations (reverse mode).

Griewank and Walther 2008, "Evaluating Derivatives", chapter 3: every value passes its
gradient on to what it was computed from, the last value first.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from msgspec.structs import replace

from specc.ir.graph import Cell, Node
from specc.ir.types import Frozen
from specc.ops.arithmetic import Arithmetic
from specc.ops.concat import Concat
from specc.ops.function import Function
from specc.ops.section import Section
from specc.ops.softmax import Softmax
from specc.ops.state import State
from specc.ops.transpose import Transpose
from specc.passes.recurrence.growing import Growing
from specc.passes.recurrence.ops import (
    Contraction,
    Over,
    Summed,
    Total,
    Unmasked,
    Vector,
    Weighing,
)
from specc.passes.recurrence.slopes import (
    arithmetic_slopes,
    function_slope,
    softmax_slope,
)
from specc.passes.recurrence.stages import Stages
from specc.passes.recurrence.wide import Wide


class Derivative(Frozen):
    """A cell's graph with that of its derivative behind it; all by number.

    `given`: gradients of the states after the step. `states`: those of the states
    before it. `inputs`: those of what the loop reads of each step. `fixed`: those of
    what it reads that no step changes, for all steps together; None for a mask.
    `wide`: values laid along a matrix that no step changes, which are not kept.
    `added`: what the loop back adds up, `sums` holds it, and `summed` is whose it is.
    """

    graph: Cell
    given: tuple[int, ...]
    states: tuple[int, ...]
    inputs: tuple[int, ...]
    fixed: tuple[int | None, ...]
    wide: frozenset[int] = frozenset()
    added: tuple[int, ...] = ()
    sums: tuple[int, ...] = ()
    summed: tuple[int, ...] = ()


class NoDerivative(Exception):
    """The equations hold what there is no rule for; the message names it."""


def differentiate(stages: Stages) -> Derivative:
    """The derivative of a cell's loop. Raises `NoDerivative`."""
    return _Reverse(stages).run()


class _Reverse:
    def __init__(self, stages: Stages) -> None:
        self.stages = stages
        nodes = stages.cell.nodes
        self.growing = Growing(nodes[0].span, nodes)
        self.fixed = frozenset(stages.fixed)
        self.parts: defaultdict[int, list[int]] = defaultdict(list)
        """What is passed on to each value, so far."""
        self.sections: defaultdict[int, list[tuple[Section, int]]] = defaultdict(list)
        self.totals: defaultdict[int, list[int]] = defaultdict(list)
        """What is passed on to what no step changes, summed."""
        self.wide = Wide(self.growing, lambda number: self.over(number) == "steps")
        self.added: defaultdict[int, list[int]] = defaultdict(list)
        """What is passed on to what no step changes, to be added up in the loop."""
        self.sums: dict[int, tuple[int, int]] = {}
        """What is added up in the loop for a value, and what holds the sum."""

    def run(self) -> Derivative:
        given = []
        for state, after in zip(
            self.stages.cell.states, self.stages.after, strict=True
        ):
            type = self.growing.type(after)
            leaf = self.growing.add(State(type=type), name=f"d_{state.name}")
            given.append(leaf)
            if not self.varies(after):
                raise NoDerivative("a state that no step changes")
            self.parts[after].append(leaf)
        for number in sorted(self.stages.loop, reverse=True):
            gradient = self.gradient(number)
            if gradient is not None:
                self.pass_on(number, gradient)
        before = tuple(map(self.whole, self.stages.before))
        inputs = tuple(map(self.whole, self.stages.inputs))
        fixed = tuple(map(self.total, self.stages.fixed))
        graph = replace(self.stages.cell, nodes=tuple(self.growing.nodes))
        return Derivative(
            graph=graph,
            given=tuple(given),
            states=before,
            inputs=inputs,
            fixed=fixed,
            wide=self.wide.all(),
            added=tuple(added for added, _ in self.sums.values()),
            sums=tuple(held for _, held in self.sums.values()),
            summed=tuple(self.sums),
        )

    def gradient(self, number: int) -> int | None:
        """The gradient of a value, once all that it serves has passed on its own."""
        parts = list(self.parts[number])
        if self.sections[number]:
            parts.append(self.assembled(number))
        if not parts:
            return None
        name = self.growing.nodes[number].local.replace("'", "_new")
        found = self.growing.sum(parts, f"d_{name}" if name else "")
        if self.growing.type(found).rank < self.growing.type(number).rank:
            found = self.spread(found, number)
        if name:
            self.growing.label(found, f"d_{name}")
        return found

    def whole(self, number: int) -> int:
        """The gradient of a leaf; zeros where nothing serves the loop."""
        found = self.gradient(number)
        if found is not None:
            return found
        return self.growing.arithmetic("*", self.growing.number(0.0), number)

    def total(self, number: int) -> int | None:
        """The gradient of a value that no step changes."""
        if self.over(number) is None:
            return None
        if self.added[number]:
            self.totals[number].append(self.held(number))
        if not self.totals[number]:  # by a slope of zero
            return self.growing.arithmetic("*", self.growing.number(0.0), number)
        return self.growing.sum(self.totals[number])

    def held(self, number: int) -> int:
        """What holds the sum of what the loop adds up for a value."""
        growing, name = self.growing, self.wide_name(number)
        added = growing.sum(self.added[number], name)
        growing.label(added, name)
        held = growing.add(State(type=growing.type(number)), name=name)
        self.sums[number] = added, held
        return held

    def assembled(self, number: int) -> int:
        """The gradient of a vector that others read sections of."""
        growing = self.growing
        size = growing.type(number).last.at({})
        starts = sorted(
            {0, size}
            | {op.start for op, _ in self.sections[number]}
            | {op.stop for op, _ in self.sections[number]}
        )
        columns = []
        for start, stop in pairwise(starts):
            found = []
            for op, gradient in self.sections[number]:
                if op.start <= start and stop <= op.stop:
                    found.append(self.part_of(op, gradient, start, stop))
            if not found:
                own = growing.add(Section(start=start, size=stop - start), number)
                found.append(growing.arithmetic("*", growing.number(0.0), own))
            columns.append(growing.sum(found))
        if len(columns) == 1:
            return columns[0]
        return growing.add(Concat(), *columns, local=self.wide_name(number))

    def wide_name(self, number: int) -> str:
        name = self.growing.nodes[number].local
        return f"d_{name}" if name else "d_part"

    def part_of(self, op: Section, gradient: int, start: int, stop: int) -> int:
        """A part of a section's gradient, as a vector."""
        if op.size is None:
            return self.growing.add(Vector(), gradient)
        if (op.start, op.stop) == (start, stop):
            return gradient
        inner = Section(start=start - op.start, size=stop - start)
        return self.growing.add(inner, gradient)

    def pass_on(self, number: int, gradient: int) -> None:
        """Give what a node reads its part of the gradient."""
        node = self.growing.nodes[number]
        inputs = [ref.node for ref in node.inputs]
        match node.op:
            case Arithmetic(left=None, right=None):
                parts = arithmetic_slopes(self.growing, node, number, gradient)
                for at, part in zip(inputs, parts, strict=True):
                    self.give(at, part)
            case Function():
                slope = function_slope(self.growing, node, number, gradient)
                self.give(inputs[0], slope)
            case Contraction():
                self.pass_product(node, gradient)
            case Transpose():
                self.give(inputs[0], self.growing.add(Transpose(), gradient))
            case Summed():
                self.give(inputs[0], gradient)
            case Section():
                self.sections[inputs[0]].append((node.op, gradient))
                if inputs[0] in self.fixed:
                    raise NoDerivative("a part of a weight")
            case Concat(axis="features"):
                self.pass_sections(inputs, gradient)
            case Softmax(axis=None) | Weighing() if node.type.rank == 1:
                self.give(inputs[0], softmax_slope(self.growing, number, gradient))
            case Unmasked():
                self.give(inputs[0], self.growing.add(Unmasked(), gradient, inputs[1]))
            case _:
                raise NoDerivative(f"`{node.op.name()}`")

    def pass_sections(self, inputs: list[int], gradient: int) -> None:
        start = 0
        for at in inputs:
            size = self.growing.type(at).last.at({})
            part = Section(start=start, size=size)
            self.give(at, self.growing.add(part, gradient))
            start += size

    def pass_product(self, node: Node, gradient: int) -> None:
        """`y = a b`: `d_a = d_y b`, `d_b = a d_y`, each over the axes it lacks."""
        assert isinstance(node.op, Contraction)
        terms, result = node.op.axes.split("->")
        first, second = terms.split(",")
        a, b = (ref.node for ref in node.inputs)
        self.give_product(a, first, (gradient, result), (b, second))
        self.give_product(b, second, (a, first), (gradient, result))

    def give_product(
        self, at: int, axes: str, left: tuple[int, str], right: tuple[int, str]
    ) -> None:
        over = self.over(at)
        if over is None and not self.varies(at):
            return
        if left[1] and right[1]:
            # What is wide is summed over where it is, at every step.
            wide = self.wide.holds(left[0]) or self.wide.holds(right[0])
            apart = wide and (over == "steps" or len(axes) < 2)
            sums = f"{left[1]},{right[1]}->{axes}"
            op = Contraction(sums, None if apart else over)
            made = self.growing.add(op, left[0], right[0])
            if over and apart:
                self.give(at, made)
            else:
                (self.totals if over else self.parts)[at].append(made)
        else:
            self.give(at, self.growing.arithmetic("*", left[0], right[0]))

    def give(self, at: int, part: int) -> None:
        """Pass a gradient on; it is summed over axes that the value lacks."""
        over = self.over(at)
        if over is None and not self.varies(at):
            return
        rank = self.growing.type(at).rank
        if self.growing.type(part).rank > rank:
            part = self.growing.add(Summed(rank=rank), part)
        if over is not None:
            if self.growing.type(part).rank < rank:
                part = self.spread(part, at)
            if over == "steps" and self.growing.type(part).rank > 1:
                self.added[at].append(part)
                return
            self.totals[at].append(self.growing.add(Total(over=over), part))
        else:
            self.parts[at].append(part)

    def spread(self, part: int, like: int) -> int:
        """A gradient that is the same along some of a value's axes, laid out."""
        zero = self.growing.arithmetic("*", self.growing.number(0.0), like)
        return self.growing.arithmetic("+", part, zero)

    def over(self, number: int) -> Over | None:
        """What the gradient of a value is summed over: of one that no step changes."""
        if number not in self.fixed or not self.stages.has_gradient(number):
            return None
        return "steps" if self.stages.batched[number] else "all"

    def varies(self, number: int) -> bool:
        """Whether a value differs from row to row, so that it has a gradient."""
        stages = self.stages
        return (
            number in stages.loop or number in stages.before or number in stages.inputs
        )
