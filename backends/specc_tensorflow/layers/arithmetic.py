"""`+ - * / **`, `min` and `max` of two values."""

from __future__ import annotations

from specc.codegen.expressions import (
    Atom,
    Binary,
    Expression,
    call,
    literal,
)
from specc.codegen.plan import Step
from specc.ops.arithmetic import Arithmetic
from specc.ops.number import Number
from specc_tensorflow.axes import with_axes
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the operation; the narrower side gets the axes it lacks."""
    op = step.op
    assert isinstance(op, Arithmetic)
    a, b = (_aligned(step, writer, place, op) for place in (0, 1))
    # Keras 3.15 takes a product with a plain number, or a quotient of one, for sparse.
    if op.operator == "*" and _is_number(step, writer, 1):
        a = _variable(writer, a)
        b = call("ops.full_like", a, b)
    elif op.operator in ("*", "/") and _is_number(step, writer, 0):
        b = _variable(writer, b)
        a = call("ops.full_like", b, a)
    match op.operator:
        case "min":
            writer.assign(step, call("ops.minimum", a, b))
        case "max":
            writer.assign(step, call("ops.maximum", a, b))
        case "+" | "-" | "*" | "/" | "**":
            writer.assign(step, Binary(op.operator, a, b))


def _variable(writer: Writer, value: Expression) -> Atom:
    """The value under a name, as it is written twice."""
    if isinstance(value, Atom):
        return value
    variable = writer.plan.names.take("part")
    writer.put(variable, value)
    return Atom(variable)


def _is_number(step: Step, writer: Writer, place: int) -> bool:
    made = writer.plan.model.nodes[step.node.inputs[place].node].op
    return isinstance(made, Number)


def _aligned(step: Step, writer: Writer, place: int, op: Arithmetic) -> Expression:
    made = writer.plan.model.nodes[step.node.inputs[place].node].op
    if isinstance(made, Number):
        whole = made.value.is_integer()
        return literal(int(made.value) if whole else made.value)
    value = writer.value(step, place)
    places = op.layout(*step.input_types)[place]
    own = step.input_types[place]
    return with_axes(value, places, step.node.type.rank, own.unbatched)
