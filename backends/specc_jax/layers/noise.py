"""`noise`: random numbers added while training."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc.ops.noise import Noise
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call; it does nothing outside training."""
    assert isinstance(step.op, Noise)
    writer.assign(step, writer.random("noise", writer.value(step), step.op.stddev))
