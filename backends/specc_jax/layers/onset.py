"""A vector at the first of n steps, and zeros after it: where feedback begins."""

from __future__ import annotations

from specc.codegen.expressions import Index, Slice, Tuple_, call, literal
from specc.codegen.plan import Step
from specc.ops.onset import Onset
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the padding along a new axis."""
    assert isinstance(step.op, Onset)
    one = Index(writer.value(step), Tuple_((Slice(), literal(None))))
    ends = literal(((0, 0), (0, step.op.n - 1), (0, 0)))
    writer.assign(step, call("jnp.pad", one, ends))
