"""`conv`: convolution along time or over an image, and its activation."""

from __future__ import annotations

from specc.codegen.expressions import Expression, call, literal
from specc.codegen.plan import Step
from specc.ops._sequence import is_image
from specc.ops.conv import Conv
from specc_tensorflow.layers._options import kernel_options
from specc_tensorflow.layers._windows import (
    least_steps,
    may_be_short,
    padded,
    read,
    write_windows,
)
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer, or what stands in for it.

    One along time that has both a dilation and a stride needs its own class.
    """
    op = step.op
    assert isinstance(op, Conv)
    options, holds = kernel_options(step, op.activation)
    sizes: tuple[Expression, ...] = (literal(op.filters), literal(op.kernel_size))
    groups = {"groups": literal(op.groups)} if op.groups > 1 else {}
    if op.stride == 1 or op.dilation == 1 or is_image(step.input_types[0]):
        write_windows(step, writer, "Conv", sizes, {**groups, **options}, holds)
        return
    short = may_be_short(step, writer, least_steps(op))
    x = read(step, writer, short)
    made = call(
        "AnyLengthStridedConv1D" if short else "StridedConv1D",
        *sizes,
        literal(op.stride),
        dilation_rate=literal(op.dilation),
        **groups,
        **options,
    )
    writer.apply(step, Layer(made, holds), padded(step, writer, x))
