"""`conv`: convolution along time and its activation."""

from __future__ import annotations

from specc.codegen.expressions import Expression, call, literal
from specc.codegen.plan import Step
from specc.ops.conv import Conv
from specc_tensorflow.layers._options import kernel_options
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer, or what stands in for it.

    A `valid` one needs its own class where the sequence may be too short for it, and
    any that has both a dilation and a stride; `same` and `causal` ones pad before that.
    """
    op = step.op
    assert isinstance(op, Conv)
    x = writer.without_masked(step, "masked steps are read as zeros")
    options, holds = kernel_options(step, op.activation)
    sizes: tuple[Expression, ...] = (literal(op.filters), literal(op.kernel_size))
    if op.stride > 1 and op.dilation > 1:
        made = call(
            "StridedConv1D",
            *sizes,
            literal(op.stride),
            **_shape(op, options),
        )
        writer.apply(step, Layer(made, holds), _padded(step, writer, x))
        return
    if op.stride > 1:
        options = {"strides": literal(op.stride), **options}
    if op.padding != "valid":
        options = {"padding": literal(op.padding), **options}
    lengths = [use.input_types[0].axes[0].size.fixed for use in writer.uses(step)]
    may_be_short = op.padding == "valid" and None in lengths
    kind = "Conv1D" if may_be_short else "layers.Conv1D"
    made = call(kind, *sizes, **_shape(op, options))
    writer.apply(step, Layer(made, holds), x)


def _shape(op: Conv, options: dict[str, Expression]) -> dict[str, Expression]:
    shape: dict[str, Expression] = {}
    if op.dilation > 1:
        shape["dilation_rate"] = literal(op.dilation)
    if op.groups > 1:
        shape["groups"] = literal(op.groups)
    return {**shape, **options}


def _padded(step: Step, writer: Writer, x: Expression) -> Expression:
    """The input with the zeros around it that a `valid` convolution needs."""
    op = step.op
    assert isinstance(op, Conv)
    if op.padding == "valid":
        return x
    reach = (op.kernel_size - 1) * op.dilation + 1
    name = literal(writer.keras_name(f"{step.path}.padding"))
    if op.padding == "causal":
        made = call("layers.ZeroPadding1D", literal((reach - 1, 0)), name=name)
    else:
        sizes = (literal(reach), literal(op.stride))
        made = call("SamePadding", *sizes, name=name)
    return call(made, x)
