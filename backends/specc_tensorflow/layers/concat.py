"""`concat`: values side by side, or one after the other."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Expression, List_, call, literal
from specc.codegen.plan import Step
from specc.ops.concat import Concat
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer, which is for floats, or the operation."""
    assert isinstance(step.op, Concat)
    parts = List_(tuple(_part(step, writer, at) for at in range(len(step.inputs))))
    if step.masks:
        masks = List_(tuple(_mask(step, at) for at in range(len(step.inputs))))
        writer.apply(step, Layer(call("JoinSteps")), parts, masks)
        return
    if step.op.place is None:
        writer.apply(step, Layer(call("layers.Concatenate")), parts)
        return
    axis = literal(step.op.place + 1)
    if step.node.type.dtype == "float":
        writer.apply(step, Layer(call("layers.Concatenate", axis=axis)), parts)
        return
    writer.assign(step, call("ops.concatenate", parts, axis=axis))


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
    return call("ops.expand_dims", value, axis=literal(1))
