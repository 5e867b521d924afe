"""`multiply`: a * b * ..."""

from __future__ import annotations

from specc.codegen.expressions import chain
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the product."""
    first, *rest = (writer.value(step, place) for place in range(len(step.inputs)))
    writer.assign(step, chain("*", first, *rest))
