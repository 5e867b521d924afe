"""`repeat_vector`: a vector at each of n steps."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.repeat_vector import RepeatVector
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer."""
    assert isinstance(step.op, RepeatVector)
    made = call("layers.RepeatVector", literal(step.op.n))
    writer.apply(step, Layer(made), writer.value(step))
