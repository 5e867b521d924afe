"""`mean`: the mean over time."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_jax.layers._reduction import STEPS, reduce
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the mean over axis 1."""
    reduce(step, writer, "mean", lambda x: call("jnp.mean", x, axis=STEPS))
