"""What the layers that turn all steps into one have in common."""

from __future__ import annotations

from collections.abc import Callable

from specc.codegen.expressions import Constant, Expression, Index, Tuple_, call, literal
from specc.codegen.plan import Step
from specc.ir.size import Size
from specc.ir.types import Type
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
