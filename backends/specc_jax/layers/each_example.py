"""A value that is the same for every example, once for each of them."""

from __future__ import annotations

from specc.codegen.expressions import (
    Attribute,
    Index,
    Starred,
    Tuple_,
    call,
    literal,
)
from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `jnp.broadcast_to(w, (x.shape[0], *w.shape))`."""
    w, like = writer.value(step), writer.value(step, 1)
    rows = Index(Attribute(like, "shape"), literal(0))
    shape = Tuple_((rows, Starred(Attribute(w, "shape"))))
    writer.assign(step, call("jnp.broadcast_to", w, shape))
