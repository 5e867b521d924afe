"""`one_hot`: ids to vectors that are 1 in one place."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Attribute, Expression, call, literal
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    count = literal(step.node.type.last.fixed)
    ids: Expression = writer.value(step)
    if step.input_types[0].dtype == "bool":
        ids = call(Attribute(ids, "astype"), Atom("int"))
    writer.assign(step, call("one_hot", ids, count))
