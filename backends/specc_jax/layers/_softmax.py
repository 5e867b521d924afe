"""What `softmax` and `log_softmax` have in common."""

from __future__ import annotations

from specc.codegen.expressions import Expression, call, literal
from specc.codegen.plan import Step
from specc.ops.softmax import Softmax
from specc_jax.writer import Writer


def emit_softmax(step: Step, writer: Writer, name: str) -> None:
    """Write the call, over the last axis or another, for the steps that count."""
    op, x = step.op, writer.value(step)
    assert isinstance(op, Softmax)
    rank, place = step.input_types[0].rank, op.place(step.input_types[0])
    options: dict[str, Expression] = {}
    if place != rank - 1:
        options["axis"] = literal(place + (not step.input_types[0].unbatched))
    mask = writer.mask_like(step)
    if mask is None:
        writer.assign(step, call(f"jax.nn.{name}", x, **options))
    else:
        writer.assign(step, call(f"{name}_where", x, mask, **options))
