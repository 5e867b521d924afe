"""`crop`: steps left out at the start and the end."""

from __future__ import annotations

from specc.codegen.expressions import Index, Slice, Tuple_, call, literal
from specc.codegen.plan import Step
from specc.ops._sequence import is_image
from specc.ops.crop import Crop
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer, which wants features, or the steps kept."""
    op, x = step.op, writer.value(step)
    assert isinstance(op, Crop)
    if step.input_types[0].rank > 1:
        sides = (op.start, op.stop)
        made = call("layers.Cropping1D", literal(sides))
        if is_image(step.input_types[0]):
            made = call("layers.Cropping2D", literal((sides, sides)))
        writer.apply(step, Layer(made), x)
        return
    start = literal(op.start) if op.start else None
    stop = literal(-op.stop) if op.stop else None
    writer.assign(step, Index(x, Tuple_((Slice(), Slice(start, stop)))))
