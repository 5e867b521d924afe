"""`noise`: random numbers added while training."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.noise import Noise
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer, or ours for noise that it refuses."""
    assert isinstance(step.op, Noise)
    name = "layers.GaussianNoise" if step.op.stddev <= 1 else "GaussianNoise"
    made = call(name, literal(step.op.stddev))
    writer.apply(step, Layer(made), writer.value(step))
