"""`log_softmax`, over the last axis."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc_tensorflow.layers.function import emit_activation
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the activation."""
    emit_activation(step, writer, "log_softmax")
