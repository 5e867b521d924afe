"""`flatten`: all axes into one."""

from __future__ import annotations

from specc.codegen.expressions import Attribute, call, literal
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the reshape; the size it makes is a number."""
    x = writer.value(step)
    size = literal(step.node.type.last.fixed)
    rows = literal(-1)
    writer.assign(step, call(Attribute(x, "reshape"), rows, size))
