"""A vector at the first of n steps, and zeros after it: where feedback begins."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.onset import Onset
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer."""
    assert isinstance(step.op, Onset)
    made = call("Onset", literal(step.op.n))
    writer.apply(step, Layer(made), writer.value(step))
