"""`last`: the last step."""

from __future__ import annotations

from specc.codegen.expressions import Index, Slice, Tuple_, literal
from specc.codegen.plan import Step
from specc_jax.layers._reduction import reduce
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `x[:, -1]`."""
    end = Tuple_((Slice(), literal(-1)))
    reduce(step, writer, "last", lambda x: Index(x, end))
