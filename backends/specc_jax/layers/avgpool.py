"""`avgpool`: the mean of each window."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.avgpool import Avgpool
from specc_jax.layers._windows import of_image
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the windows; neither masked steps nor padding count."""
    op, mask = step.op, writer.mask(step)
    assert isinstance(op, Avgpool)
    x, size, stride = writer.value(step), literal(op.size), literal(op.step)
    if mask is not None:
        padding = literal(op.padding.upper())
        writer.assign(step, call("avgpool_masked", x, mask, size, stride, padding))
        return
    name = "avgpool_same" if op.padding == "same" else "avgpool"
    writer.assign(step, call(of_image(step, name), x, size, stride))
