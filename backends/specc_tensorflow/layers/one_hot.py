"""`one_hot`: ids to vectors that are 1 in one place."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer."""
    made = call("OneHot", literal(step.node.type.last.fixed))
    writer.apply(step, Layer(made), writer.value(step))
