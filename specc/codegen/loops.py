"""A cell as the functions of its loop: a step ahead, a step back, all gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from specc.codegen.expressions import (
    Atom,
    Dict_,
    Expression,
    Index,
    Tuple_,
    literal,
)
from specc.codegen.names import Names, Take
from specc.codegen.parts import Part, PartNotation, print_part
from specc.codegen.statements import (
    Assign,
    Docstring,
    Function,
    Parameter,
    Return,
    Statement,
)
from specc.ir.graph import Cell
from specc.ir.schedule import Schedule
from specc.ops.input import Input
from specc.ops.state import State
from specc.passes.recurrence.differentiate import differentiate
from specc.passes.recurrence.reach import reached
from specc.passes.recurrence.stages import find_stages
from specc.passes.recurrence.taps import find_taps


class LoopPrinter:
    """Prints the functions of a cell's loop.

    `take` gives a name of the file for one that is wanted. Weights laid ready are a
    dict `w`; states, inputs and gradients are tuples.
    """

    def __init__(
        self,
        cell: Cell,
        schedule: Schedule,
        notation: PartNotation,
        reserved: frozenset[str],
        take: Take,
    ) -> None:
        self.cell, self.take, self.reserved = cell, take, reserved
        self.notation = notation
        self.stages = find_stages(cell, schedule.input_product == "outside")
        self.derivative = differentiate(self.stages)
        keep = schedule.residuals == "kept"
        self.taps = find_taps(self.stages, self.derivative, keep)
        self.nodes = self.derivative.graph.nodes
        leaves = [isinstance(node.op, Input | State) for node in self.nodes]
        self.batched = reached(self.nodes, leaves)
        names = Names()
        self.fixed = {
            number: names.take(self.nodes[number].local or "part")
            for number in self.stages.fixed
        }

    def ready(self, names: Names) -> tuple[tuple[Statement, ...], Dict_]:
        """What lays the weights ready: statements, and the dict."""
        part = self.part(self.stages.fixed, {}, names)
        return part.body, self.by_name(part.results)

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
        body, given = self.unpacked(unpacked, names)
        wanted = (*self.stages.after, *self.taps.kept)
        part = self.part(wanted, given, names)
        about = "Advance the states by one step."
        if self.taps.kept:
            about = "Advance the states by one step; then what the way back needs."
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
        body, given = self.unpacked(unpacked, names)
        wanted = (*self.derivative.states, *self.taps.values)
        part = self.part(wanted, given, names)
        count = len(self.derivative.states)
        results = (
            Tuple_(part.results[:count]),
            Tuple_(part.results[count:]),
        )
        about = "Pass gradients of the states back by one step."
        back = Return(Tuple_(results))
        return self.function("backward", about, arguments, (*body, *part.body, back))

    def gradients(self) -> Function:
        arguments = ("w", "states", "inputs", "found")
        names = self.scope(*arguments)
        unpacked = [
            ("states", self.stages.before),
            ("inputs", (*self.stages.inputs, *self.taps.kept)),
            ("found", self.taps.values),
        ]
        body, given = self.unpacked(unpacked, names)
        for whole in self.taps.values:
            body += self.taken_apart(whole, given, names)
        wanted = (*self.derivative.fixed, *self.derivative.inputs)
        part = self.part(wanted, given, names)
        count = len(self.derivative.fixed)
        weights = self.by_name(part.results[:count])
        target = Atom(names.take("d_w"))
        about = "Give weights and inputs their gradients, from all steps at once."
        back = Return(Tuple_((target, Tuple_(part.results[count:]))))
        made = Assign((target,), weights)
        return self.function(
            "gradients", about, arguments, (*body, *part.body, made, back)
        )

    def after(self) -> Function:
        arguments = ("w", "x", "inputs", "before", "after")
        names = self.scope(*arguments)
        unpacked = [
            ("before", self.stages.before),
            ("after", self.stages.after),
        ]
        if self.stages.prepared:
            unpacked.append(("inputs", self.stages.inputs))
        body, given = self.unpacked(unpacked, names)
        given = {**given, **self.given(Atom("x"))}
        part = self.part((self.stages.output,), given, names)
        about = "Compute the outputs of all steps."
        whole = (*body, *part.body, Return(part.results[0]))
        return self.function("outputs", about, arguments, whole)

    # Parts of a function

    def by_name(self, values: Sequence[Expression]) -> Dict_:
        """What is laid ready, or its gradients, as a dict."""
        pairs = zip(self.fixed.values(), values, strict=True)
        return Dict_(tuple((literal(key), value) for key, value in pairs))

    def taken_apart(
        self, whole: int, given: dict[int, Expression], names: Names
    ) -> list[Statement]:
        """`a, b = jnp.split(whole, 2, axis=-1)`, where its parts are read."""
        size = self.nodes[whole].type.last.at({}) if self.nodes[whole].type.axes else 0
        parts = {
            (start, stop): number
            for number, (of, start, stop) in self.taps.parts
            if of == whole
        }
        if not parts:
            return []
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

    def scope(self, *arguments: str) -> Names:
        return Names(self.reserved | set(arguments))

    def function(
        self, role: str, about: str, arguments: Sequence[str], body: Sequence[Statement]
    ) -> Function:
        name = self.take(f"{self.cell.name}_{role}")
        parameters = tuple(map(Parameter, arguments))
        return Function(name, parameters, (Docstring((about,)), *body))

    def given(self, x: Expression) -> dict[int, Expression]:
        """The weights laid ready, and x."""
        return {0: x, **self.ready_weights()}

    def ready_weights(self) -> dict[int, Expression]:
        return {
            number: Index(Atom("w"), literal(key)) for number, key in self.fixed.items()
        }

    def unpacked(
        self, tuples: Sequence[tuple[str, Sequence[int]]], names: Names
    ) -> tuple[list[Statement], dict[int, Expression]]:
        """`h, c = states`: what is given to a function, by number."""
        body: list[Statement] = []
        given = self.ready_weights()
        for source, numbers in tuples:
            targets = []
            for number in numbers:
                node = self.nodes[number]
                name = node.local or node.name or "part"
                targets.append(Atom(names.take(name.replace("'", "_new"))))
                given[number] = targets[-1]
            if targets:
                apart = (
                    tuple(targets) if len(targets) > 1 else (Tuple_(tuple(targets)),)
                )
                body.append(Assign(apart, Atom(source)))
        return body, given

    def part(
        self, wanted: Sequence[int], given: Mapping[int, Expression], names: Names
    ) -> Part:
        return print_part(self.nodes, wanted, given, self.batched, self.notation, names)
