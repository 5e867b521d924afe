"""`self_attend`: a sequence that attends to itself, with several heads."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc_tensorflow.layers._attention import READ_AS_ZEROS, multi_head
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer; Keras's own spreads the weight where no step counts."""
    x = writer.without_masked(step, READ_AS_ZEROS)
    layer = multi_head(step)
    writer.apply(step, layer, x, named=writer.mask(step))
