"""`outer`: every number of one vector times every number of another."""

from __future__ import annotations

from specc.codegen.expressions import Binary, call, literal
from specc.codegen.plan import Step
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """`a[..., :, None] * b[..., None, :]`, by Keras's operations."""
    columns = call("ops.expand_dims", writer.value(step), axis=literal(-1))
    rows = call("ops.expand_dims", writer.value(step, 1), axis=literal(-2))
    writer.assign(step, Binary("*", columns, rows))
