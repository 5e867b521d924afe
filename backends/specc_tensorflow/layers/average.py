"""`average`: (a + b + ...) / n."""

from __future__ import annotations

from specc.codegen.expressions import List_, call
from specc.codegen.plan import Step
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer."""
    parts = tuple(writer.value(step, place) for place in range(len(step.inputs)))
    writer.apply(step, Layer(call("layers.Average")), List_(parts))
