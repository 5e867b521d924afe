"""`maxpool`: the largest of each window."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.maxpool import Maxpool
from specc_jax.layers._windows import of_image
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the windows; masked steps are in none."""
    op, mask = step.op, writer.mask(step)
    assert isinstance(op, Maxpool)
    window = (literal(op.size), literal(op.step), literal(op.padding.upper()))
    x = writer.value(step)
    if mask is None:
        writer.assign(step, call(of_image(step, "maxpool"), x, *window))
    else:
        writer.assign(step, call("maxpool_masked", x, mask, *window))
