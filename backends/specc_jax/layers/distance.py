"""`distance`: how far two vectors are apart."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc.ops.distance import Distance
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    assert isinstance(step.op, Distance)
    name = "manhattan" if step.op.kind == "l1" else "euclidean"
    writer.assign(step, call(name, writer.value(step, 0), writer.value(step, 1)))
