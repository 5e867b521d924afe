"""The states a run starts from where the spec gives them."""

from __future__ import annotations

from specc.codegen.expressions import (
    Attribute,
    Expression,
    Index,
    Tuple_,
    call,
    literal,
)
from specc.codegen.plan import Step
from specc.ops.recurrent import Recurrent
from specc_jax.cells import output_is_first_state, state_shapes
from specc_jax.writer import Writer

Shape = tuple[int, ...]


def given_states(step: Step, writer: Writer, op: Recurrent, place: int) -> Expression:
    """`(h, c)` for one of the layer's directions; each is [B, ...]."""
    count = len(op.cell.states)
    shapes = state_shapes(op.cell)
    starts: list[Expression] = []
    if not output_is_first_state(op.cell):
        starts.append(_filled(step, writer, 0, shapes[0]))
    first = 1 + len(op.cell.outside) + place * count
    for number, shape in enumerate(shapes[-count:], start=first):
        starts.append(_given(step, writer, number, shape))
    return Tuple_(tuple(starts))


def _given(step: Step, writer: Writer, place: int, shape: Shape) -> Expression:
    if place >= len(step.inputs):
        return _filled(step, writer, 0, shape)
    number = writer.number(step, place)
    if number is None:
        return writer.value(step, place)
    return _filled(step, writer, number, shape)


def _filled(step: Step, writer: Writer, number: float, sizes: Shape) -> Expression:
    """The same number everywhere; a state that is like x in all but its shape."""
    rows = Index(Attribute(writer.value(step), "shape"), literal(0))
    shape = Tuple_((rows, *map(literal, sizes)))
    if number == 0:
        return call("jnp.zeros_like", writer.value(step), shape=shape)
    return call("jnp.full_like", writer.value(step), literal(number), shape=shape)
