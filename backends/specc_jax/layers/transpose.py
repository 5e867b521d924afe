"""`transpose`: rows become columns."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    axes = (literal(1), literal(2))
    writer.assign(step, call("jnp.swapaxes", writer.value(step), *axes))
