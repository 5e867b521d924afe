"""What all printers of a cell's stages have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from specc.codegen.expressions import (
    Atom,
    Dict_,
    Expression,
    Index,
    Starred,
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
from specc.passes.recurrence.reach import needed, reached
from specc.passes.recurrence.stages import Stages


class StagePrinter:
    """Prints functions of a cell; `nodes` are all there are to print.

    `fixed` are those laid ready before the run, by name; each function finds those it
    reads in a dict `w`. `take` gives a name of the file for one that is wanted. States
    and inputs are tuples.
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
        own = [leaf and n not in stages.seen for n, leaf in enumerate(leaves)]
        self.changing = reached(nodes, own)
        names = Names()
        self.fixed = {
            number: names.take(nodes[number].local or "part") for number in fixed
        }

    def ready(
        self,
        dicts: Sequence[Sequence[int]],
        given: Mapping[int, Expression],
        names: Names,
    ) -> tuple[tuple[Statement, ...], tuple[Dict_, ...]]:
        """What lays ready: statements, and a dict of each selection."""
        part = self.part([number for one in dicts for number in one], given, names)
        values = iter(part.results)
        made = (self.by_name(one, [next(values) for _ in one]) for one in dicts)
        return part.body, tuple(made)

    def seen(self, names: Names) -> dict[int, Atom]:
        """Variables of what is given beside the weights, in its order."""
        return {
            number: Atom(names.take(self.nodes[number].name))
            for number in self.stages.seen
        }

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
        wanted = (self.stages.output,)
        body, given = self.unpacked(unpacked, wanted, names, known=(0,))
        given[0] = Atom("x")
        part = self.part(wanted, given, names)
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

    def by_name(self, numbers: Sequence[int], values: Sequence[Expression]) -> Dict_:
        """What is laid ready, or its gradients, as a dict."""
        keys = (literal(self.fixed[number]) for number in numbers)
        return Dict_(tuple(zip(keys, values, strict=True)))

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
        self,
        tuples: Sequence[tuple[str, Sequence[int]]],
        wanted: Sequence[int],
        names: Names,
        known: Iterable[int] = (),
    ) -> tuple[list[Statement], dict[int, Expression]]:
        """`h, c = states`: what is given to a function, by number.

        What nothing that is wanted needs is `_`. `known`: what is there without it.
        """
        body: list[Statement] = []
        given = self.ready_weights()
        leaves = {n for _, numbers in tuples for n in numbers}.union(given, known)
        read = needed(self.nodes, wanted, leaves)
        for source, numbers in tuples:
            targets = []
            for number in numbers:
                node, name = self.nodes[number], "_"
                if number in read:
                    name = names.take(variable_name(self.nodes, node))
                    given[number] = Atom(name)
                targets.append(Atom(name))
            if read.intersection(numbers):
                body.append(Assign(_apart(targets), Atom(source)))
        return body, given

    def part(
        self, wanted: Sequence[int], given: Mapping[int, Expression], names: Names
    ) -> Part:
        flow = self.batched, self.changing
        return print_part(self.nodes, wanted, given, *flow, self.notation, names)


def _apart(targets: Sequence[Atom]) -> tuple[Expression, ...]:
    """`h, c`, `(h,)`, or `h, *_` where the rest is not read."""
    last = max(n for n, target in enumerate(targets) if target.text != "_")
    read: list[Expression] = list(targets)
    if len(targets) - last > 2:
        read[last + 1 :] = [Starred(Atom("_"))]
    return tuple(read) if len(read) > 1 else (Tuple_(tuple(read)),)
