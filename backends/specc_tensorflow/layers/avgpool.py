"""`avgpool`: the mean of each window."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc_tensorflow.layers._pool import emit_pool
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer, or that for masks."""
    emit_pool(step, writer, "AveragePooling")
