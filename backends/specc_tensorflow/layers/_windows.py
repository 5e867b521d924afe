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


def may_be_short(step: Step, writer: Writer, least: int) -> bool:
    """Whether a sequence may have fewer steps than `least`, each input having one."""
    sizes = [use.input_types[0].axes[0].size for use in writer.uses(step)]
    return any(size.at(dict.fromkeys(size.names, 1)) < least for size in sizes)


def least_steps(op: Conv | Depthwise | Separable) -> int:
    """The steps of the shortest sequence with a window."""
    if isinstance(op.padding, int):
        return reach(op) - 2 * op.padding
    return reach(op) if op.padding == "valid" else 1


def reach(op: Conv | Depthwise | Separable) -> int:
    """The steps from the first of a window to its last."""
    return (op.kernel_size - 1) * op.dilation + 1


def write_windows(
    step: Step,
    writer: Writer,
    name: str,
    sizes: tuple[Expression, ...],
    options: dict[str, Expression],
    holds: dict[str, str],
) -> None:
    """Write the stock layer of that name, or ours for sequences of any length.

    Keras has no dilation together with a stride, `causal` for `conv` alone, and no
    number of zeros: there zeros are put around the input, and places between the
    strides are left out after.
    """
    op = step.op
    assert isinstance(op, Conv | Depthwise | Separable)
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
    short = may_be_short(step, writer, least_steps(op))
    x = read(step, writer, short)
    kind = f"{'AnyLength' if short else 'layers.'}{name}{dimensions(step)}"
    layer = Layer(call(kind, *sizes, **own, **options), holds)
    if by_hand:
        x = padded(step, writer, x)
    then = (lambda y: every(op.stride, step, y)) if both else None
    writer.apply(step, layer, x, then=then)


def read(step: Step, writer: Writer, short: bool) -> Expression:
    """The input, with zeros at masked steps if a step that counts may read them.

    After `valid` windows, only those steps count whose whole window does. Keras's own
    layers would warn of the mask that may come with the input, ours do not.
    """
    op = step.op
    assert isinstance(op, Conv | Depthwise | Separable)
    if short and op.padding == "valid":
        return writer.value(step)
    return writer.without_masked(step, "masked steps are read as zeros")


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
    name = writer.named(writer.keras_name(f"{step.path}.padding"))
    if isinstance(op.padding, int):
        padding = f"layers.ZeroPadding{dimensions(step)}"
        made = call(padding, literal(op.padding), name=name)
    elif op.padding == "causal":
        made = call("layers.ZeroPadding1D", literal((reach(op) - 1, 0)), name=name)
    elif is_image(step.input_types[0]):
        sizes = [axis.size.at({}) for axis in step.input_types[0].axes[:-1]]
        around = tuple(_around(size, reach(op), op.stride) for size in sizes)
        made = call("layers.ZeroPadding2D", literal(around), name=name)
    else:
        made = call("SamePadding", literal(reach(op)), literal(op.stride), name=name)
    return call(made, x)


def _around(size: int, window: int, stride: int) -> tuple[int, int]:
    """The zeros before and after an axis for `same` windows."""
    lacking = max(window - 1 - (size - 1) % stride, 0)
    return lacking // 2, lacking - lacking // 2
