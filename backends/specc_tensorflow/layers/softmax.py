"""`softmax`, over an axis."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc_tensorflow.layers._softmax import emit_softmax
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer."""
    emit_softmax(step, writer, "softmax")
