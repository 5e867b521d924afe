"""`+ - * / **`, `min` and `max` of two values."""

from __future__ import annotations

from specc.codegen.expressions import (
    Binary,
    Constant,
    Expression,
    Index,
    Slice,
    Tuple_,
    call,
    literal,
)
from specc.codegen.plan import Step
from specc.ops.arithmetic import Arithmetic
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
    value, own = writer.value(step, place), step.input_types[place].rank
    if own == rank or writer.number(step, place) is not None:
        return value
    op = step.op
    assert isinstance(op, Arithmetic)
    places = op.left if place == 0 else op.right
    if places is None:
        places = tuple(range(rank - own, rank))
    if places == tuple(range(own)):
        return Index(value, Tuple_((Constant("..."), *[literal(None)] * (rank - own))))
    last = max(place for place in range(rank) if place not in places)
    whole = Slice()
    axes = (whole if axis in places else literal(None) for axis in range(last + 1))
    return Index(value, Tuple_((whole, *axes)))
