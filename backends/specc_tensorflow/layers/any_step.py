"""The mask of an axis of sequences."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the reduction."""
    writer.assign(step, call("ops.any", writer.value(step), axis=literal(-1)))
