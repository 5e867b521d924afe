"""The mask of a value that has axes without padding before the one that has some."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc.ops.spread_mask import SpreadMask
from specc_tensorflow.axes import new_axes
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer."""
    op = step.op
    assert isinstance(op, SpreadMask)
    axes = new_axes(op.places, step.node.type.rank)
    layer = Layer(call("SpreadMask", axes))
    writer.apply(step, layer, writer.value(step, 1), named={"mask": writer.value(step)})
