"""`conv`: convolution along time and its activation."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Call, Expression, literal
from specc.codegen.plan import Step
from specc.ops.conv import Conv
from specc_jax.functions import apply_function
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the convolution; masked steps are read as zeros."""
    op = step.op
    assert isinstance(op, Conv)
    name = Atom("conv" if writer.has_weight(step, "b") else "conv_unbiased")
    x = writer.without_masked(step)
    y = Call(name, ((None, writer.weights(step)), (None, x), *_options(op)))
    writer.assign(step, apply_function(op.activation, y))


def _options(op: Conv) -> list[tuple[str, Expression]]:
    """What the window is, in the words of `lax.conv_general_dilated`."""
    before = (op.kernel_size - 1) * op.dilation
    padding = literal([(before, 0)] if op.padding == "causal" else op.padding.upper())
    options = [("stride", literal(op.stride)), ("padding", padding)]
    if op.dilation > 1:
        options.append(("rhs_dilation", literal((op.dilation,))))
    if op.groups > 1:
        options.append(("feature_group_count", literal(op.groups)))
    return options
