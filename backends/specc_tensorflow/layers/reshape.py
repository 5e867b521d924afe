"""`reshape`: the same numbers in other axes."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.reshape import Reshape
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer."""
    assert isinstance(step.op, Reshape)
    made = call("layers.Reshape", literal(step.op.sizes))
    writer.apply(step, Layer(made), writer.value(step))
