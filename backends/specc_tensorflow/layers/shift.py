"""`shift`: every step moves later."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.shift import Shift
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer; floats at masked steps are read as zeros, ids as they are."""
    assert isinstance(step.op, Shift)
    x = writer.value(step)
    if step.node.type.dtype == "float":
        x = writer.without_masked(step, "masked steps are read as zeros")
    writer.apply(step, Layer(call("Shift", literal(step.op.n))), x)
