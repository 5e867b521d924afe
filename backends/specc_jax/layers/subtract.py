"""`subtract`: a - b."""

from __future__ import annotations

from specc.codegen.expressions import Binary
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the difference."""
    writer.assign(step, Binary("-", writer.value(step, 0), writer.value(step, 1)))
