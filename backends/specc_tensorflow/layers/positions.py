"""`positions`: a vector for every place of a sequence."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.positions import Positions
from specc_tensorflow.layers._options import frozen, regularizer
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer."""
    op = step.op
    assert isinstance(op, Positions)
    if op.kind == "sinusoidal":
        layer = Layer(call("SinusoidalPositions", literal(op.dim)))
    else:
        (table,) = step.node.weights
        sizes = map(literal, table.shape)
        penalty = regularizer("embeddings_regularizer", table)
        made = call("LearnedPositions", *sizes, **penalty, **frozen(step))
        layer = Layer(made, holds={"table": "embeddings"})
    writer.apply(step, layer, writer.value(step))
