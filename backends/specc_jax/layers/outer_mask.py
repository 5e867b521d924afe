"""The mask of a value laid out over two axes of steps."""

from __future__ import annotations

from specc.codegen.expressions import Binary
from specc.codegen.plan import Step
from specc.ops.outer_mask import OuterMask
from specc_jax.axes import with_axes
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `a[..., None] & b[:, None]`."""
    op = step.op
    assert isinstance(op, OuterMask)
    rank = step.node.type.rank
    a = with_axes(writer.value(step, 0), op.left, rank)
    b = with_axes(writer.value(step, 1), op.right, rank)
    writer.assign(step, Binary("&", a, b))
