"""`repeat_vector`: a vector at each of n steps."""

from __future__ import annotations

from specc.codegen.expressions import Index, Slice, Tuple_, call, literal
from specc.codegen.plan import Step
from specc.ops.repeat_vector import RepeatVector
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the repetition along a new axis."""
    assert isinstance(step.op, RepeatVector)
    one = Index(writer.value(step), Tuple_((Slice(), literal(None))))
    writer.assign(step, call("jnp.repeat", one, literal(step.op.n), axis=literal(1)))
