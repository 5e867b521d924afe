"""`mean`: the mean over time, or over an image."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_jax.layers._reduction import along, reduce, steps_of
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the mean over the axis of steps."""
    steps = steps_of(step.input_types[0])
    if not along(step, writer, "mean"):
        reduce(step, writer, "mean", lambda x: call("jnp.mean", x, axis=steps))
