"""`tied`: an embedding's table as output projection."""

from __future__ import annotations

from specc.codegen.expressions import literal
from specc.codegen.plan import Step
from specc_tensorflow.layers._embedding import embedding_layer
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the embedding the other way."""
    layer = embedding_layer(step, writer)
    writer.apply(step, layer, writer.value(step), named={"reverse": literal(True)})
