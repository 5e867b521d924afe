"""The mask of a merged value."""

from __future__ import annotations

from specc.codegen.expressions import Binary
from specc.codegen.plan import Step
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `a & b`."""
    a, b = writer.value(step, 0), writer.value(step, 1)
    writer.assign(step, Binary("&", a, b))
