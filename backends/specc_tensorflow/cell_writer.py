"""What the layers inside a cell are written with: attributes of the Keras cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from specc.codegen.cell_layers import cell_plan
from specc.codegen.expressions import Atom, Attribute, Call, Expression, call, literal
from specc.codegen.names import Names
from specc.codegen.plan import Step
from specc.codegen.statements import Assign, Evaluate, Statement
from specc.ir.graph import Cell
from specc_tensorflow.layers import find_emit
from specc_tensorflow.writer import Layer, Writer


class InnerLayers(Struct):
    """The layers that a cell holds.

    `making`: statements that make them; `building`: those that give them their weights.
    `holds`: the attribute of the cell that is a weight, by the weight's name.
    """

    making: list[Statement] = field(default_factory=list)
    building: list[Statement] = field(default_factory=list)
    holds: dict[str, tuple[str, str]] = field(default_factory=dict)


class CellWriter(Writer):
    """Writes the layers inside one cell; the statements are those of its `call`."""

    def __init__(self, cell: Cell, fields: Mapping[str, str], names: Names) -> None:
        super().__init__(cell_plan(cell, names))
        self.fields, self.inner = fields, InnerLayers()

    def layer(self, step: Step) -> Sequence[Statement]:
        """The statements of a layer in the cell's `call`."""
        # What depends on a memory alone is moved before what every layer does.
        self.forget_temporaries()
        written = len(self.statements)
        find_emit(step.op.name())(step, self)
        return self.statements[written:]

    def apply(
        self,
        step: Step,
        layer: Layer,
        *inputs: Expression,
        named: Mapping[str, Expression] | None = None,
        ahead: Mapping[str, Expression] | None = None,
        then: Callable[[Expression], Expression] | None = None,
    ) -> str | None:
        """The step's result from a layer that the cell holds."""
        own = self.fields[step.path]
        held = Atom(f"self.{own}")
        made = Assign((held,), layer.made)
        if made not in self.inner.making:  # a layer that is shared is made once
            self.inner.making.append(made)
            if step.node.weights:
                self.inner.building.append(Evaluate(_build(held, step)))
        for weight, variable in layer.holds.items():
            self.inner.holds[f"{step.path}.{weight}"] = (own, variable)
        arguments = [(None, one) for one in inputs]
        ready = {name: self.temporary(name) for name in ahead or {}}
        for name, memory in (ahead or {}).items():
            self.put(ready[name].text, Call(Attribute(held, name), ((None, memory),)))
        value: Expression = Call(
            held, (*arguments, *(named or {}).items(), *ready.items())
        )
        targets = tuple(map(Atom, step.results))
        self.statements.append(
            Assign(targets, then(value) if then else value, step.comment)
        )
        return None


def _build(held: Atom, step: Step) -> Call:
    """The call that gives a layer its weights, for inputs of these shapes."""
    shapes = [
        literal((None, *(axis.size.fixed for axis in type.axes)))
        for type in step.input_types
    ]
    return call(f"{held.text}.build", *shapes)
