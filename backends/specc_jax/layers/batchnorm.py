"""`batchnorm`: every feature normalised by its mean and variance."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Expression, call, literal
from specc.codegen.plan import Step
from specc.ops.batchnorm import Batchnorm
from specc_jax.writer import Writer, path_in


def emit(step: Step, writer: Writer) -> None:
    """Write the call; a frozen layer goes by its moving statistics at all times."""
    op, x, mask = step.op, writer.value(step), writer.mask(step)
    assert isinstance(op, Batchnorm)
    own = path_in(Atom(writer.variables), step.path)
    if op.frozen:
        still = call("lax.stop_gradient", own)
        writer.assign(step, call("batchnorm_frozen", still, x, literal(op.epsilon)))
        return
    constants = (Atom("training"), literal(op.momentum), literal(op.epsilon))
    y: Expression = call("batchnorm", own, x, *constants)
    if mask is not None:
        y = call("batchnorm_masked", own, x, mask, *constants)
    writer.moves_statistics = True
    writer.put((Atom(step.results[0]), own), y, step.comment)
