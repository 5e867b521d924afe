"""Functions of one number."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc.ops.function import Function
from specc_jax.functions import apply_function
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    assert isinstance(step.op, Function)
    writer.assign(step, apply_function(step.op.function, writer.value(step)))
