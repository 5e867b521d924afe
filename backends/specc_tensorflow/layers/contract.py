"""Products summed over an axis of both sides."""

from __future__ import annotations

from specc.codegen.einsum import subscripts
from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops.contract import Contract
from specc_tensorflow.layers._attention import READ_AS_ZEROS
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `ops.einsum("btd,bsd->bts", a, b)`."""
    assert isinstance(step.op, Contract)
    axes = literal(subscripts(step.op, *step.input_types))
    both = all(step.masks) and bool(step.masks)
    names = ("left", "right") if both else ("seen", "seen")
    sides = [
        writer.without_masked(step, READ_AS_ZEROS, place, name)
        for place, name in enumerate(names)
    ]
    writer.assign(step, call("ops.einsum", axes, *sides))
