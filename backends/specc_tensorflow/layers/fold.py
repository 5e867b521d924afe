"""Steps to rows."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer."""
    writer.apply(step, Layer(call("StepsToRows")), writer.value(step))
