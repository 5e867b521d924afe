"""`upsample`: every step n times."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops._sequence import is_image
from specc.ops.upsample import Upsample
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer, which wants features, or the operation."""
    op, x = step.op, writer.value(step)
    assert isinstance(op, Upsample)
    if step.input_types[0].rank > 1:
        image = is_image(step.input_types[0])
        made = call(f"layers.UpSampling{2 if image else 1}D", literal(op.n))
        writer.apply(step, Layer(made), x)
        return
    writer.assign(step, call("ops.repeat", x, literal(op.n), axis=literal(1)))
