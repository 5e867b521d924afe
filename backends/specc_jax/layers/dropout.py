"""`dropout`: numbers dropped at random while training."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc.ops.dropout import Dropout
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call; it does nothing outside training."""
    assert isinstance(step.op, Dropout)
    snippet = "dropout_features" if step.op.shared == "time" else "dropout"
    writer.assign(step, writer.random(snippet, writer.value(step), step.op.p))
