"""`transposed`: a convolution the other way round, and its activation."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.transposed import Transposed
from specc_jax.functions import apply_function
from specc_jax.layers._reduction import may_be_empty
from specc_jax.layers._windows import of_image, with_bias
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the convolution of what has zeros between its steps, and around them."""
    op = step.op
    assert isinstance(op, Transposed)
    cut = max(op.kernel_size - op.stride, 0) // 2 if op.padding == "same" else 0
    before = op.kernel_size - 1 - cut
    after = max(op.kernel_size, op.stride) - 1
    if op.padding == "same":
        after = op.stride - 1 + cut
    name, options = of_image(step, "transposed"), {"stride": literal(op.stride)}
    options["padding"] = literal((before, after))
    if may_be_empty(step.input_types[0].axes[0].size):
        name += "_of_any"
        more = max(op.kernel_size - op.stride, 0) if op.padding == "valid" else 0
        options["more"] = literal(more)
    y = call(name, writer.weight(step, "W"), writer.value(step), **options)
    writer.assign(step, apply_function(op.activation, with_bias(step, writer, y)))
