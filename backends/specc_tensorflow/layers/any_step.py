"""The mask of an axis of sequences."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.any_step import AnyStep
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the reduction."""
    assert isinstance(step.op, AnyStep)
    axis = -1 if step.op.axis is None else step.op.axis + 1
    writer.assign(step, call("ops.any", writer.value(step), axis=literal(axis)))
