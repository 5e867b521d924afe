"""`self_attend`: a sequence that attends to itself, with several heads."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc_jax.layers._attention import attend_with_heads
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the heads of one sequence; masked steps are read as zeros."""
    x = writer.without_masked(step)
    attend_with_heads(step, writer, (x,), writer.mask(step))
