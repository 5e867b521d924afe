"""`normalize`: to length one."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer; Keras's own has another bound, and no gradient at zero."""
    writer.apply(step, Layer(call("Normalize")), writer.value(step))
