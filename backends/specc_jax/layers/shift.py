"""`shift`: every step moves later."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.shift import Shift
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call; floats at masked steps are read as zeros, ids as they are."""
    assert isinstance(step.op, Shift)
    floats = step.node.type.dtype == "float"
    x = writer.without_masked(step) if floats else writer.value(step)
    writer.assign(step, call("shift", x, literal(step.op.n)))
