"""Rows back to steps."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer."""
    x, before = writer.value(step), writer.value(step, 1)
    writer.apply(step, Layer(call("RowsToSteps")), x, before)
