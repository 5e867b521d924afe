"""`embed`: ids to vectors."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc_tensorflow.layers._options import frozen, regularizer
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the embedding; the stock one hides ids that are out of range."""
    (table,) = step.node.weights
    sizes = map(literal, table.shape)
    penalty = regularizer("embeddings_regularizer", table)
    made = call("Embedding", *sizes, **penalty, **frozen(step))
    layer = Layer(made, holds={"table": "embeddings"})
    writer.apply(step, layer, writer.value(step))
