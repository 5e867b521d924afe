"""`dense`: an affine map and its activation."""

from __future__ import annotations

from specc.codegen.expressions import Binary, Expression, call
from specc.codegen.plan import Step
from specc.ops.dense import Dense
from specc_jax.functions import apply_function
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `relu(x W + b)`."""
    assert isinstance(step.op, Dense)
    x = writer.value(step)
    y: Expression = Binary("@", x, writer.weight(step, "W"))
    if writer.has_weight(step, "b"):
        y = call("dense", writer.weights(step), x)
    writer.assign(step, apply_function(step.op.activation, y))
