"""A block that a model has several times: its function, called."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Starred, literal
from specc.codegen.plan import Step
from specc.codegen.repeats import Use
from specc.codegen.statements import Assign
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    assert isinstance(step.op, Use)
    block, variant = writer.blocks[step.op.body], step.op.variant
    if block.places is not None:
        path = (Atom("layer"), literal(step.path))
        found = block.call(block.places, path, variant)
        writer.layer_weights[f"{step.path}."] = Starred(found)
    own = [writer.value(step, place) for place in range(len(step.inputs))]
    if not block.steps:
        own.append(literal(step.path))
    made = block.call(block.build, own, variant)
    targets = tuple(map(Atom, step.results))
    writer.statements.append(Assign(targets, made, step.comment))
