"""A model to the text of a program, checked before anybody sees it."""

from __future__ import annotations

from types import ModuleType

from specc.codegen.backend import Backend
from specc.codegen.plan import make_plan
from specc.diagnostics import Sink
from specc.diagnostics.codes import UNSUPPORTED_LAYER
from specc.ir.graph import Model


def generate(model: Model, backend: Backend) -> str:
    """The program of a model. Raises `Failure` naming every layer it cannot have."""
    plan = make_plan(model, backend.reserved)
    sink = Sink()
    for step in plan.steps:
        if not backend.supports(step.op):
            sink.report(
                UNSUPPORTED_LAYER,
                step.node.span,
                f"the backend `{backend.name}` has no `{step.op.name()}`",
            )
    sink.stop_on_errors()
    return backend.emit(plan)


def load_program(text: str, name: str) -> ModuleType:
    """Run a program's text as a fresh module."""
    module = ModuleType(name)
    module.__file__ = f"<{name}>"
    exec(compile(text, f"<{name}>", "exec"), module.__dict__)
    return module
