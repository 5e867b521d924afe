"""`outer`: every number of one vector times every number of another."""

from __future__ import annotations

from specc.codegen.expressions import Binary, Constant, Index, Slice, Tuple_, literal
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """`a[..., :, None] * b[..., None, :]`."""
    new, rest = literal(None), Constant("...")
    columns = Index(writer.value(step), Tuple_((rest, new)))
    rows = Index(writer.value(step, 1), Tuple_((rest, new, Slice())))
    writer.assign(step, Binary("*", columns, rows))
