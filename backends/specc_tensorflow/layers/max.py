"""`max`: the largest over time, or over an image."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc_tensorflow.layers._pool import emit_reduction
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer."""
    emit_reduction(step, writer, "Max", "GlobalMaxPooling")
