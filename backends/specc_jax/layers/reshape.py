"""`reshape`: the same numbers in other axes."""

from __future__ import annotations

from specc.codegen.expressions import Attribute, call, literal
from specc.codegen.plan import Step
from specc.ops.reshape import Reshape
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    assert isinstance(step.op, Reshape)
    sizes = map(literal, (-1, *step.op.sizes))
    writer.assign(step, call(Attribute(writer.value(step), "reshape"), *sizes))
