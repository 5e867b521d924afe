"""`cosine`: the angle between two vectors."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    writer.assign(step, call("cosine", writer.value(step, 0), writer.value(step, 1)))
