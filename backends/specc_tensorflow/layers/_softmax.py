"""What `softmax` and `log_softmax` have in common."""

from __future__ import annotations

from specc.codegen.expressions import Expression, call, literal
from specc.codegen.plan import Step
from specc.ops.softmax import Softmax
from specc_tensorflow.layers.function import emit_activation
from specc_tensorflow.writer import Layer, Writer


def emit_softmax(step: Step, writer: Writer, name: str) -> None:
    """Write the activation, or a layer of ours over another axis or for a mask.

    Keras's Softmax layer would take masks into its sum.
    """
    op, x = step.op, step.input_types[0]
    assert isinstance(op, Softmax)
    last = op.place(x) == x.rank - 1
    if last and not step.mask:
        emit_activation(step, writer, name)
        return
    options: dict[str, Expression] = {}
    if not last:
        options["axis"] = literal(op.place(x) + (not x.unbatched))
    kind = "".join(map(str.capitalize, name.split("_")))
    made = call(f"Masked{kind}", **options)
    writer.apply(step, Layer(made), writer.value(step), named=writer.mask(step))
