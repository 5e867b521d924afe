"""A block that a model has several times: its function, called."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Starred, call, literal
from specc.codegen.plan import Step
from specc.codegen.repeats import Use
from specc.codegen.statements import Assign
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the call."""
    assert isinstance(step.op, Use)
    block = writer.blocks[step.op.body]
    if block.places is not None:
        found = call(block.places.name, Atom("layer"), literal(step.path))
        writer.layer_weights[f"{step.path}."] = Starred(found)
    own = (writer.value(step, place) for place in range(len(step.inputs)))
    made = call(block.build.name, *own, literal(step.path))
    targets = tuple(map(Atom, step.results))
    writer.statements.append(Assign(targets, made, step.comment))
