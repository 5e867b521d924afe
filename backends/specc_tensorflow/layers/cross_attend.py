"""`cross_attend`: a sequence that attends to another, with several heads."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc_tensorflow.layers._attention import READ_AS_ZEROS, multi_head
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer; Keras's own spreads the weight where no step counts."""
    memory = writer.without_masked(step, READ_AS_ZEROS, 1)
    layer = multi_head(step)
    mask = writer.mask(step, 1)
    ahead = {"keys_and_values": memory}
    writer.apply(step, layer, writer.value(step), memory, named=mask, ahead=ahead)
