"""`depthwise`: every feature convolved on its own, and the activation."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Call
from specc.codegen.plan import Step
from specc.ops.depthwise import Depthwise
from specc_jax.functions import apply_function
from specc_jax.layers._windows import of_image, window_options, with_bias
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the convolution; masked steps are read as zeros."""
    op = step.op
    assert isinstance(op, Depthwise)
    kernel, x = writer.weight(step, "W"), writer.without_masked(step)
    given = ((None, kernel), (None, x), *window_options(step))
    y = with_bias(step, writer, Call(Atom(of_image(step, "depthwise")), given))
    writer.assign(step, apply_function(op.activation, y))
