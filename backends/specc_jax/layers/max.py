"""`max`: the largest over time, or over an image."""

from __future__ import annotations

from specc.codegen.expressions import Attribute, Expression, call, literal
from specc.codegen.plan import Step
from specc.ops._sequence import is_image
from specc_jax.layers._reduction import along, reduce
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the largest along the axis of steps, or of all places of an image."""
    type = step.input_types[0]
    if along(step, writer, "max"):
        return

    def plain(x: Expression) -> Expression:
        if not is_image(type):
            return call("largest", x)
        height, width = (axis.size.fixed or 0 for axis in type.axes[:2])
        sizes = map(literal, (-1, height * width, type.last.fixed))
        return call("largest", call(Attribute(x, "reshape"), *sizes))

    reduce(step, writer, "max", plain)
