"""`one_hot`: ids to vectors that are 1 in one place."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    count = literal(step.node.type.last.fixed)
    writer.assign(step, call("one_hot", writer.value(step), count))
