"""A value that is the same for every example, once for each of them."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer."""
    w, like = writer.value(step), writer.value(step, 1)
    writer.apply(step, Layer(call("EachExample")), w, like)
