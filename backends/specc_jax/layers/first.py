"""`first`: the first step."""

from __future__ import annotations

from specc.codegen.expressions import Index, Slice, Tuple_, literal
from specc.codegen.plan import Step
from specc_jax.layers._reduction import reduce
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `x[:, 0]`."""
    start = Tuple_((Slice(), literal(0)))
    reduce(step, writer, "first", lambda x: Index(x, start))
