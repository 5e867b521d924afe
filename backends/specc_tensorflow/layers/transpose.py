"""`transpose`: rows become columns."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer."""
    made = call("layers.Permute", literal((2, 1)))
    writer.apply(step, Layer(made), writer.value(step))
