"""A cell that is linear in its states, as the coefficients of all its steps."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Expression, Tuple_, literal
from specc.codegen.names import Names, Take
from specc.codegen.parts import PartNotation
from specc.codegen.stages import StagePrinter
from specc.codegen.statements import Function, Return
from specc.ir.graph import Cell
from specc.ops.number import Number
from specc.passes.recurrence.linear import linear_form
from specc.passes.recurrence.stages import find_stages


class LinearPrinter(StagePrinter):
    """Prints what a scan over a linear cell needs: `s_i' = sum_j a_ij s_j + b_i`."""

    reads_inputs = False

    def __init__(
        self,
        cell: Cell,
        notation: PartNotation,
        reserved: frozenset[str],
        take: Take,
    ) -> None:
        form = linear_form(cell)
        assert form is not None, "chosen for linear cells only"
        self.form = form
        stages = find_stages(cell, hoisted=True)
        nodes = form.graph.nodes
        fixed = sorted({*stages.fixed, *stages.around})
        super().__init__(cell, stages, nodes, fixed, notation, reserved, take)
        names = Names(self.fixed.values())
        for after, row in zip(cell.states, form.decay, strict=True):
            for before, number in zip(cell.states, row, strict=True):
                if number is None or self.batched[number] or number in self.fixed:
                    continue
                if not isinstance(nodes[number].op, Number):
                    self.fixed[number] = names.take(f"{after.name}_from_{before.name}")

    def terms(self) -> Function:
        """`def min_gru_terms(w, x): ... return ((a,),), (b,)`."""
        arguments = ("w", "x")
        names = self.scope(*arguments)
        rows = self.form.decay
        wanted = [n for row in (*rows, self.form.update) for n in row if n is not None]
        part = self.part(wanted, self.given(Atom("x")), names)
        found = dict(zip(wanted, part.results, strict=True))

        def value(number: int | None) -> Expression:
            return literal(0) if number is None else found[number]

        decay = Tuple_(tuple(Tuple_(tuple(map(value, row))) for row in rows))
        update = Tuple_(tuple(map(value, self.form.update)))
        about = (
            "Compute for all steps by what states are multiplied, and what is added."
        )
        back = Return(Tuple_((decay, update)))
        return self.function("terms", about, arguments, (*part.body, back))
