"""What the layers that turn all steps into one have in common."""

from __future__ import annotations

from collections.abc import Callable

from specc.codegen.expressions import Constant, Expression, Index, Tuple_, call, literal
from specc.codegen.plan import Step
from specc.ir.size import Size
from specc.ir.types import Type
from specc.ops._pool import GlobalPool
from specc.ops._sequence import is_image
from specc_jax.writer import Writer

EVERYTHING = Constant("...")
STEPS = literal(1)


def steps_of(x: Type) -> Expression:
    """The axis of steps, or both axes of an image."""
    return literal((1, 2)) if is_image(x) else STEPS


def reduce(
    step: Step, writer: Writer, name: str, plain: Callable[[Expression], Expression]
) -> None:
    """Write `plain(x)`, or the snippet for steps that are masked or may be none."""
    x, mask = writer.value(step), writer.mask(step)
    if mask is not None:
        masked(step, writer, lambda x: call(f"{name}_masked", x, mask))
    elif may_be_empty(step.input_types[0].axes[0].size):
        writer.assign(step, call(f"{name}_of_any", x))
    else:
        writer.assign(step, plain(x))


def along(step: Step, writer: Writer, name: str) -> bool:
    """Write a reduction along the axis that is named; False where none is.

    Along the steps of `[time, features]` it is the one without a name.
    """
    op, x = step.op, step.input_types[0]
    assert isinstance(op, GlobalPool)
    plain = op.axis == 0 and x.rank < 3 and x.masked < 2
    if op.axis is None or plain:
        return False
    value, mask, axis = writer.value(step), writer.mask_like(step), op.axis + 1
    number = literal(axis)
    if mask is not None and name == "sum":
        made = call("jnp.sum", value, axis=number, where=mask)
    elif mask is not None:
        made = call(f"{name}_where", value, mask, number)
    elif name != "sum" and may_be_empty(x.axes[op.axis].size):
        made = call(f"{name}_along", value, number)
    elif name == "max":
        made = call("largest", value, number)
    else:
        made = call(f"jnp.{name}", value, axis=number)
    writer.assign(step, made)
    return True


def masked(
    step: Step, writer: Writer, reduction: Callable[[Expression], Expression]
) -> None:
    """Write a reduction [B, T, features] to [B, features] that reads the mask."""
    x = writer.value(step)
    if step.input_types[0].rank > 1:
        writer.assign(step, reduction(x))
        return
    one = reduction(Index(x, Tuple_((EVERYTHING, literal(None)))))
    writer.assign(step, Index(one, Tuple_((EVERYTHING, literal(0)))))


def may_be_empty(size: Size) -> bool:
    """Whether an axis has no steps for some lengths: `T - 4`, not `T`."""
    return size.at({name: 1 for name in size.names}) < 1
