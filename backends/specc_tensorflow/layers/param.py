"""The weights that a block owns."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Attribute, Dict_, Index, call, literal
from specc.codegen.plan import Step
from specc.ops.param import Param
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer that owns them; Keras wants it called on something."""
    op = step.op
    assert isinstance(op, Param)
    shapes = Dict_(tuple((literal(o.name), literal(o.shape)) for o in op.owned))
    anything = Atom(writer.plan.inputs[0].variable)
    name = writer.apply(step, Layer(call("Weights", shapes)), anything)
    if name is None:
        return
    owner = Attribute(call("layer", literal(name)), "own")
    for one in op.owned:
        variable = Index(owner, literal(one.name))
        writer.layer_weights[f"{step.path}.{one.name}"] = variable
