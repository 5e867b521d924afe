"""`dropout`: numbers dropped at random while training."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.dropout import Dropout
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer; with `shared = time` one draw serves all steps."""
    op = step.op
    assert isinstance(op, Dropout)
    options = {}
    if op.shared == "time":
        rest = [None] * (step.node.type.rank - 1)
        options["noise_shape"] = literal((None, 1, *rest))
    made = call("layers.Dropout", literal(op.p), **options)
    writer.apply(step, Layer(made), writer.value(step))
