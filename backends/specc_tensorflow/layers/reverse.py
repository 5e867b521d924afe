"""`reverse`: the last step first."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the operation, or the layer that keeps masked steps where they are."""
    x = writer.value(step)
    if step.mask is None:
        writer.assign(step, call("ops.flip", x, axis=literal(1)))
    else:
        writer.apply(step, Layer(call("MaskedReverse")), x, named=writer.mask(step))
