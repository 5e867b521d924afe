"""The mask of a value without one."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Attribute, Index, Slice, call, literal
from specc.codegen.plan import Step
from specc.ops.every_step import EveryStep
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write flags that are all true."""
    assert isinstance(step.op, EveryStep)
    shape = Attribute(writer.value(step), "shape")
    steps = Index(shape, Slice(upper=literal(step.op.axes + 1)))
    writer.assign(step, call("jnp.ones", steps, Atom("bool")))
