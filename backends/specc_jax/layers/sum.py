"""`sum`: the sum over time, or over an image."""

from __future__ import annotations

from specc.codegen.expressions import Index, Tuple_, call, literal
from specc.codegen.plan import Step
from specc_jax.layers._reduction import EVERYTHING, STEPS, along, masked, steps_of
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the sum over the axis of steps."""
    if along(step, writer, "sum"):
        return
    mask = writer.mask(step)
    if mask is None:
        steps = steps_of(step.input_types[0])
        writer.assign(step, call("jnp.sum", writer.value(step), axis=steps))
        return
    valid = Index(mask, Tuple_((EVERYTHING, literal(None))))
    masked(step, writer, lambda x: call("jnp.sum", x, axis=STEPS, where=valid))
