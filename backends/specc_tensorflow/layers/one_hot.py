"""`one_hot`: ids to vectors that are 1 in one place."""

from __future__ import annotations

from specc.codegen.expressions import Expression, call, literal
from specc.codegen.plan import Step
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer."""
    made = call("OneHot", literal(step.node.type.last.fixed))
    ids: Expression = writer.value(step)
    if step.input_types[0].dtype == "bool":
        ids = call("ops.cast", ids, literal("int32"))
    writer.apply(step, Layer(made), ids)
