"""`concat`: values side by side."""

from __future__ import annotations

from specc.codegen.expressions import List_, call, literal
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the concatenation along the features."""
    parts = tuple(writer.value(step, place) for place in range(len(step.inputs)))
    writer.assign(step, call("jnp.concatenate", List_(parts), axis=literal(-1)))
