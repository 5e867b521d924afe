"""`pair`: every step of one sequence beside every step of another."""

from __future__ import annotations

from specc.codegen.expressions import Atom, call
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call, which gives both sides."""
    made = call("pair", writer.value(step), writer.value(step, 1))
    writer.put(tuple(map(Atom, step.results)), made, step.comment)
