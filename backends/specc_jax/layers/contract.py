"""Products summed over an axis of both sides."""

from __future__ import annotations

from specc.codegen.einsum import subscripts
from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.contract import Contract
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `jnp.einsum("btd,bsd->bts", a, b)`."""
    assert isinstance(step.op, Contract)
    axes = literal(subscripts(step.op, *step.input_types))
    sides = (writer.without_masked(step, place) for place in (0, 1))
    writer.assign(step, call("jnp.einsum", axes, *sides))
