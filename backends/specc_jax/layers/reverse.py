"""`reverse`: the last step first."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call; masked steps stay where they are."""
    x, mask = writer.value(step), writer.mask(step)
    if mask is None:
        writer.assign(step, call("jnp.flip", x, axis=literal(1)))
    else:
        writer.assign(step, call("reverse_masked", x, mask))
