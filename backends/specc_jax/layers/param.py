"""The weights that a block owns."""

from __future__ import annotations

from specc.codegen.expressions import Atom
from specc.codegen.plan import Step, shape_text
from specc.ops.param import Param
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write a line for each of them."""
    assert isinstance(step.op, Param)
    results = zip(step.op.owned, step.results, step.node.types, strict=True)
    for one, variable, type in results:
        weight = writer.weight(step, one.name)
        writer.put((Atom(variable),), weight, shape_text(type))
