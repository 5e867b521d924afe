"""`depthwise`: every feature convolved on its own, and the activation."""

from __future__ import annotations

from specc.codegen.expressions import literal
from specc.codegen.plan import Step
from specc.ops.depthwise import Depthwise
from specc_tensorflow.layers._options import kernel_options
from specc_tensorflow.layers._windows import write_windows
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer, or what stands in for it."""
    op = step.op
    assert isinstance(op, Depthwise)
    kernel_first, holds = kernel_options(step, op.activation)
    options = {
        name.replace("kernel_regularizer", "depthwise_regularizer"): value
        for name, value in kernel_first.items()
    }
    if op.multiplier > 1:
        options = {"depth_multiplier": literal(op.multiplier), **options}
    sizes = (literal(op.kernel_size),)
    write_windows(step, writer, "DepthwiseConv", sizes, options, holds)
