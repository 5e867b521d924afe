"""`dot`: the inner product over the last axis."""

from __future__ import annotations

from specc.codegen.expressions import Binary, call, literal
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the sum of products."""
    products = Binary("*", writer.value(step, 0), writer.value(step, 1))
    writer.assign(step, call("jnp.sum", products, axis=literal(-1)))
