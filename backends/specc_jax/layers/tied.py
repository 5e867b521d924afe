"""`tied`: an embedding's table as output projection."""

from __future__ import annotations

from specc.codegen.expressions import Attribute, Binary
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `h @ table.T`."""
    table = writer.weight(step, "table")
    writer.assign(step, Binary("@", writer.value(step), Attribute(table, "T")))
