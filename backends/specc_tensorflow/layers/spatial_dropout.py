"""`spatial_dropout`: features dropped at random while training."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops._sequence import is_image
from specc.ops.spatial_dropout import SpatialDropout
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer."""
    assert isinstance(step.op, SpatialDropout)
    axes = 2 if is_image(step.input_types[0]) else 1
    made = call(f"layers.SpatialDropout{axes}D", literal(step.op.p))
    writer.apply(step, Layer(made), writer.value(step))
