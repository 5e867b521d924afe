"""`layernorm`: the features of every step normalised."""

from __future__ import annotations

from specc.codegen.expressions import Binary, call, literal
from specc.codegen.plan import Step
from specc.ops.layernorm import Layernorm
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    assert isinstance(step.op, Layernorm)
    x, epsilon = writer.value(step), literal(step.op.epsilon)
    if writer.has_weight(step, "beta"):
        writer.assign(step, call("layernorm", writer.weights(step), x, epsilon))
        return
    standard = call("standardize", x, epsilon)
    writer.assign(step, Binary("*", writer.weight(step, "gamma"), standard))
