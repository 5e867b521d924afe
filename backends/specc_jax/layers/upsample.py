"""`upsample`: every step n times."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops._sequence import is_image
from specc.ops.upsample import Upsample
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the repetition of every step."""
    assert isinstance(step.op, Upsample)
    x, times = writer.value(step), literal(step.op.n)
    y = call("jnp.repeat", x, times, axis=literal(1))
    if is_image(step.input_types[0]):
        y = call("jnp.repeat", y, times, axis=literal(2))
    writer.assign(step, y)
