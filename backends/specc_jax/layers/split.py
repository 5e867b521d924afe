"""`split`: the features taken apart."""

from __future__ import annotations

from specc.codegen.cuts import cuts
from specc.codegen.expressions import Atom, call, literal
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `a, b = jnp.split(x, 2, axis=-1)`."""
    value = call("jnp.split", writer.value(step), cuts(step), axis=literal(-1))
    writer.put(tuple(map(Atom, step.results)), value, step.comment)
