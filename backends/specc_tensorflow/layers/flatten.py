"""`flatten`: all axes into one."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer."""
    writer.apply(step, Layer(call("layers.Flatten")), writer.value(step))
