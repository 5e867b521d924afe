"""Blocks that are alike and follow each other: one function, in a loop."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Expression, Lambda, call, literal
from specc.codegen.plan import Step
from specc.codegen.series import Series
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call, which is given a function of what differs: x, weights, place."""
    op = step.op
    assert isinstance(op, Series)
    block = writer.shared.blocks[op.body]
    x, weights = step.inputs[op.carried], writer.temporary("w")
    numbers = call("range", literal(op.first), literal(op.first + op.count))
    stacked = call("stack_weights", Atom(writer.variables), literal(op.block), numbers)
    parameters, each = [x, weights], [stacked]
    own: list[Expression] = [Atom(weights)]
    own += (writer.value(step, place) for place in range(len(step.inputs)))
    if block.draws:
        # Each draws from the streams that it would have if it were called by itself.
        start, streams = len(writer.drawing) + 1, len(block.draws)
        rng, _ = writer.random_block(block.draws * op.count)
        place = writer.temporary("place")
        parameters.append(place)
        end = start + streams * op.count
        each.append(call("jnp.arange", *map(literal, (start, end, streams))))
        own += (rng, Atom(place))
    layer = Lambda(tuple(parameters), block.call(own, op.variant))
    run = call("run_layers", layer, Atom(x), *each)
    writer.put((Atom(step.results[0]),), run, step.comment)
