"""`average`: (a + b + ...) / n."""

from __future__ import annotations

from specc.codegen.expressions import Binary, chain, literal
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the mean."""
    first, *rest = (writer.value(step, place) for place in range(len(step.inputs)))
    values = literal(len(step.inputs))
    writer.assign(step, Binary("/", chain("+", first, *rest), values))
