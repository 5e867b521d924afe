"""What the layers that slide windows with weights have in common."""

from __future__ import annotations

from specc.codegen.expressions import Expression, Index, Slice, Tuple_, call, literal
from specc.codegen.plan import Step
from specc.ops._sequence import is_image
from specc.ops.conv import Conv
from specc.ops.depthwise import Depthwise
from specc.ops.separable import Separable
from specc_tensorflow.writer import Layer, Writer


def dimensions(step: Step) -> str:
    """How the names of Keras's layers for this input end."""
    return "2D" if is_image(step.input_types[0]) else "1D"


def may_be_short(step: Step, writer: Writer) -> bool:
    """Whether a sequence may have fewer steps than a window."""
    uses = writer.uses(step)
    return any(use.input_types[0].axes[0].size.fixed is None for use in uses)


def write_windows(
    step: Step,
    writer: Writer,
    name: str,
    sizes: tuple[Expression, ...],
    options: dict[str, Expression],
    holds: dict[str, str],
) -> None:
    """Write the stock layer of that name, or ours of the same name.

    Keras has no dilation together with a stride, `causal` for `conv` alone, and no
    number of zeros: there zeros are put around the input, and places between the
    strides are left out after.
    """
    op = step.op
    assert isinstance(op, Conv | Depthwise | Separable)
    x = writer.without_masked(step, "masked steps are read as zeros")
    both = op.stride > 1 and op.dilation > 1
    by_hand = both or isinstance(op.padding, int)
    by_hand |= op.padding == "causal" and not isinstance(op, Conv)
    own: dict[str, Expression] = {}
    if (op.stride > 1 or "stride" in step.varying) and not both:
        own["strides"] = literal(op.stride)
    if op.padding != "valid" and not by_hand:
        own["padding"] = literal(op.padding)
    if op.dilation > 1 or "dilation" in step.varying:
        own["dilation_rate"] = literal(op.dilation)
    kind = f"{name}{dimensions(step)}"
    valid = by_hand or op.padding == "valid"
    if not (valid and may_be_short(step, writer)):
        kind = f"layers.{kind}"
    layer = Layer(call(kind, *sizes, **own, **options), holds)
    if by_hand:
        x = padded(step, writer, x)
    then = (lambda y: every(op.stride, step, y)) if both else None
    writer.apply(step, layer, x, then=then)


def every(stride: int, step: Step, y: Expression) -> Expression:
    """`y[:, ::2]`, or along both axes of an image."""
    slices = [Slice(step=literal(stride)) for _ in step.input_types[0].axes[:-1]]
    return Index(y, Tuple_((Slice(), *slices)))


def padded(step: Step, writer: Writer, x: Expression) -> Expression:
    """The input with the zeros around it that a `valid` convolution needs."""
    op = step.op
    assert isinstance(op, Conv | Depthwise | Separable)
    if op.padding == "valid":
        return x
    reach = (op.kernel_size - 1) * op.dilation + 1
    name = writer.named(writer.keras_name(f"{step.path}.padding"))
    if isinstance(op.padding, int):
        padding = f"layers.ZeroPadding{dimensions(step)}"
        made = call(padding, literal(op.padding), name=name)
    elif op.padding == "causal":
        made = call("layers.ZeroPadding1D", literal((reach - 1, 0)), name=name)
    elif is_image(step.input_types[0]):
        sizes = [axis.size.at({}) for axis in step.input_types[0].axes[:-1]]
        around = tuple(_around(size, reach, op.stride) for size in sizes)
        made = call("layers.ZeroPadding2D", literal(around), name=name)
    else:
        made = call("SamePadding", literal(reach), literal(op.stride), name=name)
    return call(made, x)


def _around(size: int, reach: int, stride: int) -> tuple[int, int]:
    """The zeros before and after an axis for `same` windows."""
    lacking = max(reach - 1 - (size - 1) % stride, 0)
    return lacking // 2, lacking - lacking // 2
