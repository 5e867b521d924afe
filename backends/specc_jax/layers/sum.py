"""`sum`: the sum over time."""

from __future__ import annotations

from specc.codegen.expressions import Index, Tuple_, call, literal
from specc.codegen.plan import Step
from specc_jax.layers._reduction import EVERYTHING, STEPS, masked
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the sum over axis 1."""
    mask = writer.mask(step)
    if mask is None:
        writer.assign(step, call("jnp.sum", writer.value(step), axis=STEPS))
        return
    valid = Index(mask, Tuple_((EVERYTHING, literal(None))))
    masked(step, writer, lambda x: call("jnp.sum", x, axis=STEPS, where=valid))
