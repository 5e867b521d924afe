"""`positions`: a vector for every place of a sequence."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.positions import Positions
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    op, x = step.op, writer.value(step)
    assert isinstance(op, Positions)
    if op.kind == "learned":
        writer.assign(step, call("learned_positions", writer.weights(step), x))
    else:
        writer.assign(step, call("sinusoidal_positions", x, literal(op.dim)))
