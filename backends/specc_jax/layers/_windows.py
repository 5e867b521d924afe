"""What the layers that slide windows with weights have in common."""

from __future__ import annotations

from typing import TypeAlias

from specc.codegen.expressions import Binary, Expression, literal
from specc.codegen.plan import Step
from specc.ops._sequence import is_image
from specc.ops.conv import Conv
from specc.ops.depthwise import Depthwise
from specc.ops.separable import Separable
from specc_jax.writer import Writer

Options: TypeAlias = "list[tuple[str | None, Expression]]"


def of_image(step: Step, name: str) -> str:
    """The snippet of that name, or its form for images."""
    return f"{name}_image" if is_image(step.input_types[0]) else name


def window_options(step: Step) -> Options:
    """What the window is, in the words of `lax.conv_general_dilated`."""
    op = step.op
    assert isinstance(op, Conv | Depthwise | Separable)
    axes = step.input_types[0].rank - 1
    options: Options = [("stride", literal(op.stride)), ("padding", _padding(op, axes))]
    if op.dilation > 1 or "dilation" in step.varying:
        options.append(("rhs_dilation", literal((op.dilation,) * axes)))
    return options


def _padding(op: Conv | Depthwise | Separable, axes: int) -> Expression:
    if op.padding == "causal":
        return literal([((op.kernel_size - 1) * op.dilation, 0)])
    if isinstance(op.padding, int):
        return literal([(op.padding, op.padding)] * axes)
    return literal(op.padding.upper())


def with_bias(step: Step, writer: Writer, y: Expression) -> Expression:
    """`y + b`, where the layer has a bias."""
    if not writer.has_weight(step, "b"):
        return y
    return Binary("+", y, writer.weight(step, "b"))
