"""`maximum`: the largest of several."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the largest, two by two."""
    largest, *rest = (writer.value(step, place) for place in range(len(step.inputs)))
    for x in rest:
        largest = call("jnp.maximum", largest, x)
    writer.assign(step, largest)
