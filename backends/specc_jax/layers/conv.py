"""`conv`: convolution along time or over an image, and its activation."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Call, literal
from specc.codegen.plan import Step
from specc.ops.conv import Conv
from specc_jax.functions import apply_function
from specc_jax.layers._windows import of_image, window_options
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the convolution; masked steps are read as zeros."""
    op = step.op
    assert isinstance(op, Conv)
    name = of_image(step, "conv")
    if not writer.has_weight(step, "b"):
        name += "_unbiased"
    options = window_options(step)
    if op.groups > 1:
        options.append(("feature_group_count", literal(op.groups)))
    x = writer.without_masked(step)
    y = Call(Atom(name), ((None, writer.weights(step)), (None, x), *options))
    writer.assign(step, apply_function(op.activation, y))
