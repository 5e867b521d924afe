"""`+ - * / **`, `min` and `max` of two values."""

from __future__ import annotations

from specc.codegen.expressions import Binary, Expression, call
from specc.codegen.plan import Step
from specc.ops.arithmetic import Arithmetic
from specc_jax.axes import with_axes
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the operation; one number a row gets the axes of the other side."""
    op = step.op
    assert isinstance(op, Arithmetic)
    rank = step.node.type.rank
    a, b = (_aligned(step, writer, place, rank) for place in (0, 1))
    match op.operator:
        case "min":
            writer.assign(step, call("jnp.minimum", a, b))
        case "max":
            writer.assign(step, call("jnp.maximum", a, b))
        case "+" | "-" | "*" | "/" | "**":
            writer.assign(step, Binary(op.operator, a, b))


def _aligned(step: Step, writer: Writer, place: int, rank: int) -> Expression:
    """The value with new axes where the other side has axes it lacks."""
    value, op = writer.value(step, place), step.op
    assert isinstance(op, Arithmetic)
    if writer.number(step, place) is not None:
        return value
    own = step.input_types[place]
    places = op.layout(*step.input_types)[place]
    return with_axes(value, places, rank, own.unbatched)
