"""A cell as a Keras layer that holds the functions of its loop, one of them derived."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from specc.codegen.expressions import Atom, Call, Expression, Tuple_, literal
from specc.codegen.loops import LoopPrinter
from specc.codegen.statements import Assign, Docstring, Function, Parameter, Return
from specc.ir.graph import Cell
from specc.ir.schedule import Schedule
from specc_tensorflow.cells import SELF, CellPrinter, seen
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
        inside, outside = self._parts(steps=False), self._parts(steps=True)
        staged = inside.stages.staged
        what = "the output is computed after the loop" if staged else "it is a state"
        self.settings = (Assign((Atom("staged"),), literal(staged), what),)
        before = outside.before() if inside.stages.prepared else _before()
        parts = [before, inside.step(), inside.backward(), outside.gradients()]
        if staged:
            parts.append(outside.after())
        static = (replace(part, decorators=(Atom("staticmethod"),)) for part in parts)
        return self._ready(inside), *static

    def _parts(self, *, steps: bool) -> LoopPrinter:
        variables = {
            name: Atom(self.dropped.get(field, f"self.{field}"))
            for field, names in self.fields.items()
            for name in names
        }
        matrices = frozenset(w.name for w in self.cell.weights if len(w.shape) == 2)
        notation = DerivedNotation(variables, matrices, steps)
        return LoopPrinter(self.cell, self.schedule, notation, RESERVED, self._method)

    def _method(self, wanted: str) -> str:
        role = wanted.removeprefix(f"{self.cell.name}_")
        return METHODS.get(role, role)

    def _ready(self, printer: LoopPrinter) -> Function:
        """The variables as they stand, where they are what the loop reads."""
        names = printer.scope("self")
        kernels = seen("kernels", tuple(self.dropped.values()))
        part = printer.part(printer.stages.fixed, self._standing(printer), names)
        about = Docstring(("Lay the weights ready for the loop.",))
        back = Return(printer.by_name(part.results))
        return Function("ready", (SELF,), (about, *kernels, *part.body, back))

    def _standing(self, printer: LoopPrinter) -> dict[int, Expression]:
        """Transposed matrices that are a variable each, alone or side by side."""
        fields = {names: field for field, names in self.fields.items()}
        found: dict[int, Expression] = {}
        for number, names in printer.turned_weights().items():
            if names in fields:
                field = fields[names]
                found[number] = Atom(self.dropped.get(field, f"self.{field}"))
        return found


def _before() -> Function:
    about = Docstring(("The loop reads x itself.",))
    parameters = (Parameter("w"), Parameter("x"))
    whole = Return(Tuple_((Atom("x"),)))
    return Function("before", parameters, (about, whole))
