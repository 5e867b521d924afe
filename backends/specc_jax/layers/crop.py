"""`crop`: steps left out at the start and the end."""

from __future__ import annotations

from specc.codegen.expressions import Index, Slice, Tuple_, literal
from specc.codegen.plan import Step
from specc.ops._sequence import is_image
from specc.ops.crop import Crop
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the steps that are kept."""
    assert isinstance(step.op, Crop)
    start = literal(step.op.start) if step.op.start else None
    stop = literal(-step.op.stop) if step.op.stop else None
    over = 2 if is_image(step.input_types[0]) else 1
    kept = Tuple_((Slice(), *[Slice(start, stop)] * over))
    writer.assign(step, Index(writer.value(step), kept))
