"""A block that a model has several times: its function, called."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Expression
from specc.codegen.plan import Step
from specc.codegen.repeats import Use
from specc_jax.writer import Writer, path_in


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    assert isinstance(step.op, Use)
    block = writer.shared.blocks[step.op.body]
    own: list[Expression] = []
    if block.weighted:
        own.append(path_in(Atom(writer.variables), step.path))
    own += (writer.value(step, place) for place in range(len(step.inputs)))
    if block.draws:
        own += writer.random_block(block.draws)
    results = tuple(map(Atom, step.results))
    writer.put(results, block.call(own, step.op.variant), step.comment)
