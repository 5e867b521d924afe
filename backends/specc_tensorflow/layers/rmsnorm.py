"""`rmsnorm`: the features of every step brought to one size."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.rmsnorm import Rmsnorm
from specc_tensorflow.layers._options import frozen
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer."""
    assert isinstance(step.op, Rmsnorm)
    options = {"epsilon": literal(step.op.epsilon), **frozen(step)}
    made = call("layers.RMSNormalization", **options)
    layer = Layer(made, holds={"gamma": "scale"})
    writer.apply(step, layer, writer.value(step))
