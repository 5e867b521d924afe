"""`conv`: convolution along time or over an image, and its activation."""

from __future__ import annotations

from specc.codegen.expressions import Expression, call, literal
from specc.codegen.plan import Step
from specc.ops._sequence import is_image
from specc.ops.conv import Conv
from specc_tensorflow.layers._options import kernel_options
from specc_tensorflow.layers._windows import padded, write_windows
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer, or what stands in for it.

    A `valid` one needs its own class where the sequence may be too short for it, and
    any along time that has both a dilation and a stride.
    """
    op = step.op
    assert isinstance(op, Conv)
    options, holds = kernel_options(step, op.activation)
    sizes: tuple[Expression, ...] = (literal(op.filters), literal(op.kernel_size))
    groups = {"groups": literal(op.groups)} if op.groups > 1 else {}
    if op.stride == 1 or op.dilation == 1 or is_image(step.input_types[0]):
        write_windows(step, writer, "Conv", sizes, {**groups, **options}, holds)
        return
    x = writer.without_masked(step, "masked steps are read as zeros")
    made = call(
        "StridedConv1D",
        *sizes,
        literal(op.stride),
        dilation_rate=literal(op.dilation),
        **groups,
        **options,
    )
    writer.apply(step, Layer(made, holds), padded(step, writer, x))
