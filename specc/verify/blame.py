"""Where in the spec a wrong program starts to be wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from specc.codegen.backend import Backend
from specc.ir.graph import Model, Node
from specc.reference.arguments import model_weights
from specc.verify.arrays import Precision
from specc.verify.child import ProgramError
from specc.verify.compare import Kind, Row
from specc.verify.expected import Expected, expect
from specc.verify.judge import Program, judge_forward, judge_gradients, load_program
from specc.verify.locate import first_wrong
from specc.verify.process import Worker
from specc.verify.report import Finding, Part, row_text

Generate: TypeAlias = Callable[[Model, Backend], str]
Judge: TypeAlias = Callable[[Program], list[Row]]

JUDGES: dict[Kind, tuple[Judge, ...]] = {
    "forward": (judge_forward,),
    "invariance": (judge_forward,),
    "gradient": (judge_forward, judge_gradients),
    "steps": (judge_forward, judge_gradients),
    "error": (judge_forward, judge_gradients),
    "penalty": (),
    "initial": (),
}
"""What shows in a part of a model the mistake that such a row shows in the whole."""


def blame(
    worker: Worker,
    backend: Backend,
    source: str,
    expected: Expected,
    part: Part,
    generate: Generate,
) -> Finding:
    """The first node a program gets wrong, or the one its first wrong row is about.

    Programs of parts of the model are made and judged on the batch of that row.
    """
    model = expected.model
    row = next(row for row in part.rows if not row.passed)
    batches = [t.batch for t in expected.truths if t.batch.name == row.batch]
    batch = batches[0] if batches else expected.truths[0].batch

    def is_wrong(cut: Model) -> bool:
        weights = {name: expected.weights[name] for name in model_weights(cut)}
        smaller = expect(cut, weights, [batch], expected.seed)
        text = generate(cut, backend)
        return _is_wrong(worker, text, smaller, part.precision, judges)

    judges = JUDGES[row.kind]
    node = first_wrong(model, is_wrong) if judges else None
    said = f"the {backend.title} program of `{model.name}` is wrong"
    if node is not None:
        said += f" from `{label(node)}` on"
    elif source != generate(model, backend):
        said += ", and is not what specc writes for this spec"
    elif judges:
        said += ", but no part of it is wrong by itself"
    suspect = node or _suspect(model, row)
    return Finding(
        backend=backend.name,
        precision=part.precision,
        message=f"{said}: {row_text(row)}, in {part.precision}",
        node=label(suspect) if suspect else "",
        span=suspect.span if suspect else model.span,
    )


def _is_wrong(
    worker: Worker,
    source: str,
    expected: Expected,
    precision: Precision,
    judges: Sequence[Judge],
) -> bool:
    try:
        program = load_program(worker, source, expected, precision)
        rows = [row for judge in judges for row in judge(program)]
    except ProgramError:
        return True
    return not all(row.passed for row in rows)


def _suspect(model: Model, row: Row) -> Node | None:
    """The node whose output or weight a row is about."""
    for name, output in zip(model.output_names, model.outputs, strict=True):
        if row.kind in ("forward", "invariance") and row.name.startswith(name):
            return model.nodes[output.ref.node]
    for node in model.nodes:
        own = {f"{node.name}.{weight.name}" for weight in node.weights}
        penalised = any(weight.l1 or weight.l2 for weight in node.weights)
        if row.name in own or (row.kind == "penalty" and penalised):
            return node
    return None


def label(node: Node) -> str:
    """What the spec or a report calls a node."""
    return node.name or node.op.name()
