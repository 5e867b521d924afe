"""`embed`: ids to vectors."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the lookup."""
    table = writer.weights(step)
    writer.assign(step, call("embed", table, writer.value(step)))
