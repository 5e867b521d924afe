"""The schedules of a model's recurrences as text, with the reasons."""

from __future__ import annotations

from msgspec.structs import replace

from specc.codegen.backend import backend_names, load_backend
from specc.diagnostics.visible import visible
from specc.ir.graph import Model, Node
from specc.ir.schedule import Target
from specc.ops.recurrent import Recurrent
from specc.passes.recurrence.choose import explain


def render_schedule(model: Model, target: Target) -> str:
    """A paragraph for each recurrent layer: each choice and its reason."""
    lines = [f"{model.name}, for {_described(target)}"]
    found = [node for node in model.nodes if isinstance(node.op, Recurrent)]
    if not found:
        lines.append("  No layer runs along time: there is nothing to choose.")
    for node in found:
        assert isinstance(node.op, Recurrent)
        place = f"{visible(model.source)}:{node.span.line}"
        lines.append(f"  {node.name} ({node.op.word()}, {place})")
        decision = explain(node, target)
        for choice in decision.choices:
            what = f"{choice.field} {choice.value}".replace("_", " ")
            lines.append(f"    {what:<24} {choice.reason}")
        op = replace(node.op, schedule=decision.schedule)
        lines += _remarks(replace(node, op=op), target)
    return "\n".join(lines) + "\n"


def _remarks(node: Node, target: Target) -> list[str]:
    """A line for each backend that runs the layer in a way of its own."""
    found = []
    for backend in map(load_backend, backend_names()):
        remark = backend.remark(node, target)
        if remark:
            found.append(f"    {backend.title}: {remark}")
    return found


def _described(target: Target) -> str:
    known = [("batches of", target.batch), ("lengths of", target.length)]
    parts = [f"{text} {number}" for text, number in known if number is not None]
    return ", ".join([target.name, *parts])
