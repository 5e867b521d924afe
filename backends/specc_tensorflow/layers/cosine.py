"""`cosine`: the angle between two vectors."""

from __future__ import annotations

from specc.codegen.expressions import call
from specc.codegen.plan import Step
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer."""
    layer = Layer(call("CosineSimilarity"))
    writer.apply(step, layer, writer.value(step, 0), writer.value(step, 1))
