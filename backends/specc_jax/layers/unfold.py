"""Rows back to steps."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    x, before = writer.value(step), writer.value(step, 1)
    writer.assign(step, call("rows_to_steps", x, before))
