"""`spatial_dropout`: features dropped at random while training."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc.ops.spatial_dropout import SpatialDropout
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call; it does nothing outside training."""
    assert isinstance(step.op, SpatialDropout)
    x = writer.value(step)
    writer.assign(step, writer.random("dropout_features", x, step.op.p))
