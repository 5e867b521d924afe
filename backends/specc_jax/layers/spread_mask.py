"""The mask of a value that has axes without padding before the one that has some."""

from __future__ import annotations

from specc.codegen.expressions import Attribute, Index, Slice, call, literal
from specc.codegen.plan import Step
from specc.ops.spread_mask import SpreadMask
from specc_jax.axes import with_axes
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the mask once for every step of the axes before."""
    op = step.op
    assert isinstance(op, SpreadMask)
    rank = step.node.type.rank
    mask = with_axes(writer.value(step, 0), op.places, rank)
    shape = Index(
        Attribute(writer.value(step, 1), "shape"), Slice(upper=literal(rank + 1))
    )
    writer.assign(step, call("jnp.broadcast_to", mask, shape))
