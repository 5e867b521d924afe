"""`max`: the largest over time, or over an image."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_jax.layers._reduction import along, reduce, steps_of
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the largest along the axis of steps."""
    steps = steps_of(step.input_types[0])
    if not along(step, writer, "max"):
        reduce(step, writer, "max", lambda x: call("jnp.max", x, axis=steps))
