"""`dense`: an affine map and its activation."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.dense import Dense
from specc_tensorflow.layers._options import kernel_options
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer."""
    assert isinstance(step.op, Dense)
    options, holds = kernel_options(step, step.op.activation)
    made = call("layers.Dense", literal(step.op.units), **options)
    writer.apply(step, Layer(made, holds), writer.value(step))
