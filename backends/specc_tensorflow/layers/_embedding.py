"""The layer that holds an embedding's table."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.tied import Tied
from specc_tensorflow.layers._options import frozen, regularizer
from specc_tensorflow.writer import Layer, Writer


def embedding_layer(step: Step, writer: Writer) -> Layer:
    """The embedding; the stock one hides ids that are out of range."""
    (table,) = step.node.weights
    is_tied = any(isinstance(use.op, Tied) for use in writer.uses(step))
    kind = "TiedEmbedding" if is_tied else "CheckedEmbedding"
    sizes = map(literal, table.shape)
    penalty = regularizer("embeddings_regularizer", table)
    made = call(kind, *sizes, **penalty, **frozen(step))
    return Layer(made, holds={"table": "embeddings"})
