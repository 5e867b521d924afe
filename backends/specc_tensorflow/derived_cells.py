"""A cell as a Keras layer that holds the functions of its loop, one of them derived."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from specc.codegen.expressions import (
    Atom,
    Call,
    Expression,
    List_,
    Tuple_,
    call,
    literal,
)
from specc.codegen.loops import LoopPrinter
from specc.codegen.names import Names
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
from specc_tensorflow.cells import SELF, CellPrinter, see, seen
from specc_tensorflow.derived_notation import DerivedNotation
from specc_tensorflow.library import RESERVED
from specc_tensorflow.writer import Writer

METHODS = {"inputs": "before", "outputs": "after"}
"""What the methods are called that are not called as their parts of the loop are."""


def derived_cell_call(
    cell: Cell,
    schedule: Schedule,
    writer: Writer,
    frozen: Mapping[str, Expression],
    *,
    drops_weights: bool = False,
) -> Call:
    """The call that makes the cell at its widths; its class goes into the file."""
    return _DerivedPrinter(cell, schedule, drops_weights).made(writer, frozen)


class _DerivedPrinter(CellPrinter):
    """Prints the class of a cell as the functions of its loop."""

    def __init__(self, cell: Cell, schedule: Schedule, drops_weights: bool) -> None:
        self.schedule = schedule
        super().__init__(cell, drops_weights)

    def printed(self) -> tuple[Function, ...]:
        """The weights laid ready, and the parts of the loop as static methods."""
        super().printed()  # layers inside are made, and hold their weights, as ever
        inside, outside = self._parts(steps=False), self._parts(steps=True)
        staged = inside.stages.staged
        what = "the output is computed after the loop" if staged else "it is a state"
        added = "gradients that the loop back adds up" if inside.added else "no sums"
        self.settings = (
            Assign((Atom("staged"),), literal(staged), what),
            Assign((Atom("added"),), literal(inside.added), added),
        )
        before = outside.before() if inside.stages.prepared else _before()
        parts = [before, inside.step(), inside.backward(), outside.gradients()]
        if staged:
            parts.append(outside.after())
        static = (replace(part, decorators=(Atom("staticmethod"),)) for part in parts)
        return *self._ready(inside), *static

    def _parts(self, *, steps: bool) -> LoopPrinter:
        variables = {
            name: Atom(self.dropped.get(field, f"self.{field}"))
            for field, names in self.fields.items()
            for name in names
        }
        matrices = frozenset(
            weight.name
            for weight in self.cell.weights
            if weight.name in variables and len(weight.shape) == 2
        )
        inner = self.writer.inner.holds.items()
        variables |= {name: Atom(f"self.{own}.{held}") for name, (own, held) in inner}
        notation = DerivedNotation(variables, matrices, steps)
        return LoopPrinter(self.cell, self.schedule, notation, RESERVED, self._method)

    def _method(self, wanted: str) -> str:
        role = wanted.removeprefix(f"{self.cell.name}_")
        return METHODS.get(role, role)

    def _ready(self, printer: LoopPrinter) -> tuple[Function, ...]:
        """The variables as they stand, where they are what is read.

        First comes what takes values from outside, if there are any.
        """
        names = printer.scope("self")
        given = printer.seen(names)
        apart, standing = self._standing(printer, names)
        stages = printer.stages
        standing |= given
        body, dicts = printer.ready((stages.fixed, stages.around), standing, names)
        targets = [Atom(names.take(role)) for role in ("weights", "around")]
        made = [
            Assign((target,), one) for target, one in zip(targets, dicts, strict=True)
        ]
        outside = tuple(v.text for n, v in given.items() if not stages.is_kept(n))
        kept = tuple(v.text for n, v in given.items() if stages.is_kept(n))
        laid = (
            *seen("outside", outside),
            *seen("kept", self._masks(kept)),
            *seen("kernels", tuple(self.dropped.values())),
        )
        subject = "Lay weights ready: those the loop reads, and those before and after."
        about = Docstring((subject,))
        back = Return(Tuple_(tuple(targets)))
        ready = Function("ready", (SELF,), (about, *laid, *apart, *body, *made, back))
        return (see(outside, (), outside), ready) if outside else (ready,)

    def _standing(
        self, printer: LoopPrinter, names: Names
    ) -> tuple[list[Statement], dict[int, Expression]]:
        """Transposed matrices, of the variables they stand in, alone or side by side.

        First come statements that take variables apart which are not read as a whole.
        """
        turned = printer.turned_weights()
        apart: list[Statement] = []
        parts: dict[str, Expression] = {}
        found: dict[int, Expression] = {}
        for field, weights in self.fields.items():
            read = {n: some for n, some in turned.items() if {*some} <= {*weights}}
            whole = Atom(self.dropped.get(field, f"self.{field}"))
            found |= {n: whole for n, some in read.items() if some == weights}
            if read.keys() <= found.keys():
                continue
            targets = [Atom(names.take(weight)) for weight in weights]
            value = call("tf.split", whole, literal(len(weights)), axis=literal(-1))
            apart.append(Assign(tuple(targets), value))
            parts |= zip(weights, targets, strict=True)
        for number, weights in turned.items():
            if number not in found and parts.keys() >= {*weights}:
                sides = tuple(parts[weight] for weight in weights)
                joined = call("tf.concat", List_(sides), axis=literal(-1))
                found[number] = sides[0] if len(sides) == 1 else joined
        return apart, found


def _before() -> Function:
    about = Docstring(("The loop reads x itself.",))
    parameters = (Parameter("w"), Parameter("x"))
    whole = Return(Tuple_((Atom("x"),)))
    return Function("before", parameters, (about, whole))
