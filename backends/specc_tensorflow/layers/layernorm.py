"""`layernorm`: the features of every step normalised."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.layernorm import Layernorm
from specc_tensorflow.layers._options import frozen
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer."""
    assert isinstance(step.op, Layernorm)
    names = [weight.name for weight in step.node.weights]
    options = {"epsilon": literal(step.op.epsilon)}
    if "beta" not in names:
        options["center"] = literal(False)
    made = call("layers.LayerNormalization", **options, **frozen(step))
    layer = Layer(made, holds={name: name for name in names})
    writer.apply(step, layer, writer.value(step))
