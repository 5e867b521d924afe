"""`distance`: how far two vectors are apart."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc.ops.distance import Distance
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer."""
    assert isinstance(step.op, Distance)
    kind = "Manhattan" if step.op.kind == "l1" else "Euclidean"
    layer = Layer(call(f"{kind}Distance"))
    writer.apply(step, layer, writer.value(step, 0), writer.value(step, 1))
