"""`concat`: values side by side, or one after the other."""

from __future__ import annotations

from specc.codegen.expressions import (
    Atom,
    Expression,
    Index,
    List_,
    Slice,
    Tuple_,
    call,
    literal,
)
from specc.codegen.plan import Step
from specc.ops.concat import Concat
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the concatenation; a value without the axis of steps is one step."""
    assert isinstance(step.op, Concat)
    place = step.op.place
    axis = -1 if place is None else place + 1
    parts = List_(tuple(_part(step, writer, at) for at in range(len(step.inputs))))
    if step.masks:
        masks = List_(tuple(_mask(step, at) for at in range(len(step.inputs))))
        writer.assign(step, call("join_steps", parts, masks))
        return
    writer.assign(step, call("jnp.concatenate", parts, axis=literal(axis)))


def _part(step: Step, writer: Writer, at: int) -> Expression:
    return _as_steps(step, at, writer.value(step, at))


def _mask(step: Step, at: int) -> Expression:
    mask = step.masks[at]
    assert mask is not None, "every part has a mask, or none"
    return _as_steps(step, at, Atom(mask))


def _as_steps(step: Step, at: int, value: Expression) -> Expression:
    """What belongs to a part, with an axis of one step where it lacks it."""
    if step.input_types[at].rank == step.node.type.rank:
        return value
    return Index(value, Tuple_((Slice(), literal(None))))
