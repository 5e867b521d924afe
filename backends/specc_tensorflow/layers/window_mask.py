"""The mask of a windowed sequence."""

from __future__ import annotations

from specc.codegen.expressions import Index, Slice, Tuple_, call, literal
from specc.codegen.plan import Step
from specc.ops.window_mask import WindowMask
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the windows, or the strides where a window is one step."""
    op, mask = step.op, writer.value(step)
    assert isinstance(op, WindowMask)
    size, stride = literal(op.kernel), literal(op.stride)
    if op.kernel == 1:
        strided = Index(mask, Tuple_((Slice(), Slice(step=stride))))
        writer.assign(step, strided)
        return
    layer = Layer(call("WindowMask", size, stride))
    writer.apply(step, layer, mask)
