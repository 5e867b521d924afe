"""`embed`: ids to vectors."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc_tensorflow.layers._embedding import embedding_layer
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the embedding."""
    writer.apply(step, embedding_layer(step, writer), writer.value(step))
