"""The mask of ids."""

from __future__ import annotations

from specc.codegen.expressions import Binary, literal
from specc.codegen.plan import Step
from specc.ops.not_pad import NotPad
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `tokens != 0`."""
    assert isinstance(step.op, NotPad)
    pad = literal(step.op.pad)
    writer.assign(step, Binary("!=", writer.value(step), pad))
