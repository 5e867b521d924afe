"""`softmax`, over an axis."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc_jax.layers._softmax import emit_softmax
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    emit_softmax(step, writer, "softmax")
