"""The mask of a value without one."""

from __future__ import annotations

from specc.codegen.expressions import Expression, Index, Slice, Tuple_, call, literal
from specc.codegen.plan import Step
from specc.ops.every_step import EveryStep
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write flags that are all true, shaped as the first feature of every step."""
    assert isinstance(step.op, EveryStep)
    x: Expression = writer.value(step)
    inner = step.input_types[0].rank - step.op.axes
    if inner:
        whole = [Slice()] * (step.op.axes + 1)
        x = Index(x, Tuple_((*whole, *[literal(0)] * inner)))
    writer.assign(step, call("ops.ones_like", x, dtype=literal("bool")))
