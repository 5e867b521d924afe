"""`transposed`: a convolution the other way round, and its activation."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.transposed import Transposed
from specc_tensorflow.layers._options import kernel_options
from specc_tensorflow.layers._windows import dimensions
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer."""
    op = step.op
    assert isinstance(op, Transposed)
    options, holds = kernel_options(step, op.activation)
    if op.padding != "valid":
        options = {"padding": literal(op.padding), **options}
    if op.stride > 1:
        options = {"strides": literal(op.stride), **options}
    kind = f"layers.Conv{dimensions(step)}Transpose"
    made = call(kind, literal(op.filters), literal(op.kernel_size), **options)
    writer.apply(step, Layer(made, holds), writer.value(step))
