"""A value laid out along axes that another has."""

from __future__ import annotations

from specc.codegen.expressions import (
    Attribute,
    Index,
    Slice,
    Starred,
    Tuple_,
    Unary,
    call,
    literal,
)
from specc.codegen.plan import Step
from specc.ops.spread import Spread
from specc_jax.axes import with_axes
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `jnp.broadcast_to(v[:, None], (*x.shape[:-1], 3))`."""
    assert isinstance(step.op, Spread)
    rank = step.node.type.rank
    v = with_axes(writer.value(step), (*step.op.places, rank - 1), rank)
    steps = Index(
        Attribute(writer.value(step, 1), "shape"),
        Slice(None, Unary("-", literal(1))),
    )
    shape = Tuple_((Starred(steps), literal(step.node.type.last.fixed)))
    writer.assign(step, call("jnp.broadcast_to", v, shape))
