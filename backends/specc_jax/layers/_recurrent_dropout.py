"""What a recurrent layer drops while training: one draw for all steps of a run."""

from __future__ import annotations

from msgspec import Struct

from specc.codegen.cell_layers import kept_states
from specc.codegen.expressions import Atom, Expression, literal
from specc.codegen.plan import Step
from specc.ops.recurrent import Recurrent
from specc_jax.writer import Writer


class Dropping(Struct, frozen=True):
    """Writes a line for each thing that is dropped from in one direction."""

    step: Step
    writer: Writer
    op: Recurrent

    def weights(self, weights: Expression) -> Expression:
        """The weights of the cell, with `weight_dropout`."""
        if not self.op.weight_dropout:
            return weights
        every = self.op.cell.weights
        names = tuple(w.name for w in every if w.role == "recurrent")
        rate = self.op.weight_dropout
        made = self.writer.random("dropout_weights", weights, rate, literal(names))
        return self._put("weights", made)

    def input(self, x: Expression) -> Expression:
        """The input, with `dropout`."""
        if not self.op.dropout:
            return x
        made = self.writer.random("dropout_features", x, self.op.dropout)
        return self._put("dropped", made)

    def masks(self) -> list[Expression]:
        """What is kept of states, with `recurrent_dropout`."""
        found: list[Expression] = []
        for place in kept_states(self.op.cell):
            axes = self.op.cell.state_type(place).axes
            sizes = literal(tuple(axis.size.at({}) for axis in axes))
            x, rate = self.writer.value(self.step), self.op.recurrent_dropout
            made = self.writer.random("dropout_mask", x, rate, sizes)
            name = self.op.cell.states[place].name
            found.append(self._put(f"keep_{name}", made))
        return found

    def _put(self, name: str, made: Expression) -> Atom:
        variable = Atom(self.writer.temporary(name))
        self.writer.put((variable,), made, "")
        return variable
