"""`rmsnorm`: the features of every step brought to one size."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.rmsnorm import Rmsnorm
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    assert isinstance(step.op, Rmsnorm)
    x, epsilon = writer.value(step), literal(step.op.epsilon)
    writer.assign(step, call("rmsnorm", writer.weights(step), x, epsilon))
