"""`split`: the features taken apart."""

from __future__ import annotations

from specc.codegen.cuts import cuts
from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `a, b = ops.split(x, 2, axis=-1)`."""
    value = call("ops.split", writer.value(step), cuts(step), axis=literal(-1))
    writer.assign(step, value)
