"""`cross_attend`: a sequence that attends to another, with several heads."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc_jax.layers._attention import attend_with_heads
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the heads of two sequences; masked steps are read as zeros."""
    given = (writer.value(step), writer.without_masked(step, 1))
    attend_with_heads(step, writer, given, writer.mask(step, 1))
