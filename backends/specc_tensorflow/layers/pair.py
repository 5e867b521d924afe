"""`pair`: every step of one sequence beside every step of another."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer, which gives both sides."""
    h, u = writer.value(step), writer.value(step, 1)
    writer.apply(step, Layer(call("Pair")), h, u)
