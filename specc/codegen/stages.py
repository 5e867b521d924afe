"""What all printers of a cell's stages have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specc.codegen.expressions import (
    Atom,
    Dict_,
    Expression,
    Index,
    Tuple_,
    literal,
)
from specc.codegen.names import Names, Take
from specc.codegen.parts import Part, PartNotation, print_part, variable_name
from specc.codegen.statements import (
    Assign,
    Docstring,
    Function,
    Parameter,
    Return,
    Statement,
)
from specc.ir.graph import Cell, Node
from specc.ops.input import Input
from specc.ops.parameter import Parameter as Weight
from specc.ops.state import State
from specc.passes.recurrence.ops import Rows, Turned
from specc.passes.recurrence.reach import reached
from specc.passes.recurrence.stages import Stages


class StagePrinter:
    """Prints functions of a cell; `nodes` are all there are to print.

    `fixed` are those laid ready before the run, which stand in a dict `w`. `take` gives
    a name of the file for one that is wanted. States and inputs are tuples.
    """

    reads_inputs = True
    """Whether what is computed after the loop is given what was computed before it."""

    def __init__(
        self,
        cell: Cell,
        stages: Stages,
        nodes: Sequence[Node],
        fixed: Sequence[int],
        notation: PartNotation,
        reserved: frozenset[str],
        take: Take,
    ) -> None:
        self.cell, self.stages, self.nodes = cell, stages, nodes
        self.notation, self.take, self.reserved = notation, take, reserved
        leaves = [isinstance(node.op, Input | State) for node in nodes]
        self.batched = reached(nodes, leaves)
        names = Names()
        self.fixed = {
            number: names.take(nodes[number].local or "part") for number in fixed
        }

    def ready(self, names: Names) -> tuple[tuple[Statement, ...], Dict_]:
        """What lays the weights ready: statements, and the dict."""
        part = self.part(tuple(self.fixed), {}, names)
        return part.body, self.by_name(part.results)

    def after(self) -> Function:
        arguments: tuple[str, ...] = ("w", "x", "before", "after")
        if self.reads_inputs:
            arguments = (*arguments, "inputs")
        names = self.scope(*arguments)
        unpacked = [
            ("before", self.stages.before),
            ("after", self.stages.after),
        ]
        if self.stages.prepared and self.reads_inputs:
            unpacked.append(("inputs", self.stages.inputs))
        body, given = self.unpacked(unpacked, names)
        given = {**given, **self.given(Atom("x"))}
        part = self.part((self.stages.output,), given, names)
        about = "Compute the outputs of all steps."
        whole = (*body, *part.body, Return(part.results[0]))
        return self.function("outputs", about, arguments, whole)

    def turned_weights(self) -> dict[int, tuple[str, ...]]:
        """Transposed matrices, and the weights whose rows each is made of."""
        found: dict[int, tuple[str, ...]] = {}
        for number, node in enumerate(self.nodes):
            if isinstance(node.op, Turned):
                whole = self.nodes[node.inputs[0].node]
                rows = whole.inputs if isinstance(whole.op, Rows) else node.inputs
                weights = [self.nodes[ref.node] for ref in rows]
                if all(isinstance(weight.op, Weight) for weight in weights):
                    found[number] = tuple(weight.name for weight in weights)
        return found

    # Parts of a function

    def by_name(self, values: Sequence[Expression]) -> Dict_:
        """What is laid ready, or its gradients, as a dict."""
        pairs = zip(self.fixed.values(), values, strict=True)
        return Dict_(tuple((literal(key), value) for key, value in pairs))

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
                targets.append(Atom(names.take(variable_name(self.nodes, node))))
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
