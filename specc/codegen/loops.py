"""A cell as the functions of its loop: a step ahead, a step back, all gradients."""

from __future__ import annotations

from itertools import pairwise

from specc.codegen.expressions import (
    Atom,
    Expression,
    Tuple_,
    literal,
)
from specc.codegen.names import Names, Take
from specc.codegen.parts import PartNotation
from specc.codegen.stages import StagePrinter
from specc.codegen.statements import (
    Assign,
    Function,
    Return,
    Statement,
)
from specc.ir.graph import Cell
from specc.ir.schedule import Schedule
from specc.passes.recurrence.differentiate import differentiate
from specc.passes.recurrence.stages import find_stages
from specc.passes.recurrence.taps import find_taps


class LoopPrinter(StagePrinter):
    """Prints the functions of a cell's loop, ahead and back; gradients are tuples."""

    def __init__(
        self,
        cell: Cell,
        schedule: Schedule,
        notation: PartNotation,
        reserved: frozenset[str],
        take: Take,
    ) -> None:
        hoisted = schedule.input_product != "inside"
        stages = find_stages(cell, hoisted, schedule.weights == "unmoved")
        self.derivative = differentiate(stages)
        self.taps = find_taps(stages, self.derivative, schedule.residuals == "kept")
        nodes = self.derivative.graph.nodes
        fixed = sorted({*stages.fixed, *stages.around})
        super().__init__(cell, stages, nodes, fixed, notation, reserved, take)

    def before(self) -> Function:
        names = self.scope("w", "x")
        part = self.part(self.stages.inputs, self.given(Atom("x")), names)
        about = "Compute for all steps what the loop reads of x."
        return self.function(
            "inputs", about, ("w", "x"), (*part.body, Return(Tuple_(part.results)))
        )

    def step(self) -> Function:
        arguments = ("w", "states", "inputs")
        names = self.scope(*arguments)
        unpacked = [
            ("states", self.stages.before),
            ("inputs", self.stages.inputs),
        ]
        wanted = (*self.stages.after, *self.taps.kept)
        body, given = self.unpacked(unpacked, wanted, names)
        part = self.part(wanted, given, names)
        about = "Advance the states by one step."
        if self.taps.kept:
            about = "Advance the states by one step; then what the backward pass needs."
        back = Return(Tuple_(part.results))
        return self.function("step", about, arguments, (*body, *part.body, back))

    def backward(self) -> Function:
        arguments = ("w", "states", "inputs", "d_states")
        names = self.scope(*arguments)
        unpacked = [
            ("states", self.stages.before),
            ("inputs", (*self.stages.inputs, *self.taps.kept)),
            ("d_states", self.derivative.given),
        ]
        added = self.derivative.added
        wanted = (*self.derivative.states, *added, *self.taps.values)
        body, given = self.unpacked(unpacked, wanted, names)
        part = self.part(wanted, given, names)
        count = len(self.derivative.states)
        results = (
            Tuple_(part.results[:count]),
            Tuple_(part.results[count:]),
        )
        about = "Pass gradients of the states back by one step."
        if added:
            about = f"{about[:-1]}; first of the rest come sums."
        back = Return(Tuple_(results))
        return self.function("backward", about, arguments, (*body, *part.body, back))

    @property
    def added(self) -> tuple[str, ...]:
        """The weights whose gradients the loop back adds up, by name."""
        return tuple(self.fixed[number] for number in self.derivative.summed)

    def gradients(self) -> Function:
        arguments = ("w", "states", "inputs", "found")
        names = self.scope(*arguments)
        unpacked = [
            ("states", self.stages.before),
            ("inputs", (*self.stages.inputs, *self.taps.kept)),
            ("found", (*self.derivative.sums, *self.taps.values)),
        ]
        some = [number for number in self.derivative.fixed if number is not None]
        wanted = (*some, *self.derivative.inputs)
        parts = [number for number, _ in self.taps.parts]
        found = (*wanted, *self.taps.values)
        body, given = self.unpacked(unpacked, found, names, parts)
        for whole in self.taps.values:
            body += self.taken_apart(whole, given, names)
        part = self.part(wanted, given, names)
        by_number = dict(zip(wanted, part.results, strict=True))
        totals = (
            literal(None) if number is None else by_number[number]
            for number in self.derivative.fixed
        )
        weights = self.by_name(self.stages.fixed, tuple(totals))
        count = len(some)
        target = Atom(names.take("d_w"))
        about = "Give weights and inputs their gradients, from all steps at once."
        back = Return(Tuple_((target, Tuple_(part.results[count:]))))
        made = Assign((target,), weights)
        return self.function(
            "gradients", about, arguments, (*body, *part.body, made, back)
        )

    def taken_apart(
        self, whole: int, given: dict[int, Expression], names: Names
    ) -> list[Statement]:
        """`a, b = jnp.split(whole, 2, axis=-1)`, where its parts are read."""
        parts = {
            (start, stop): number
            for number, (of, start, stop) in self.taps.parts
            if of == whole
        }
        if not parts:
            return []
        size = self.nodes[whole].type.last.at({})
        starts = sorted({0, size, *(end for ends in parts for end in ends)})
        targets = []
        for ends in pairwise(starts):
            if ends not in parts:
                targets.append(Atom("_"))
                continue
            name = self.nodes[parts[ends]].local or "part"
            targets.append(Atom(names.take(name)))
            given[parts[ends]] = targets[-1]
        sizes = [stop - start for start, stop in pairwise(starts)]
        value = self.notation.split(given[whole], sizes)
        return [Assign(tuple(targets), value)]
