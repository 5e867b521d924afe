"""A backend without a framework: the oracle in the child, with mistakes at will."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from specc.codegen.plan import Plan
from specc.ir.graph import Model
from specc.ir.op import Op
from specc.lower import lower_text
from specc.passes import run_passes


@dataclass(frozen=True)
class EchoBackend:
    mistake: str = ""
    layer: str = ""
    name: str = "echo"
    title: str = "Echo"
    modules: tuple[str, ...] = ("numpy",)
    extra: str = "reference"
    runner: str = "echo_runner"
    reserved: frozenset[str] = frozenset()

    def supports(self, op: Op) -> bool:
        return True

    def emit(self, plan: Plan) -> str:
        model = plan.model
        names = [node.name for node in model.nodes]
        outputs = tuple(
            # Nodes that share weights share their name: which of them it is.
            (names[n], names[:n].count(names[n]), result, output.name)
            for output in model.outputs
            for n, result in [output.ref]
        )
        return (
            f"TEXT = {model.span.source.text!r}\n"
            f"OUTPUTS = {outputs!r}\n"
            f"MISTAKE = {self.mistake!r}\n"
            f"LAYER = {self.layer!r}\n"
        )


@pytest.fixture(autouse=True, scope="session")
def _runners() -> Iterator[None]:
    """The child imports what the parent can: the runners beside this file too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent / "runners"))
        yield


@pytest.fixture(scope="session")
def echo() -> Callable[..., EchoBackend]:
    return EchoBackend


@pytest.fixture(scope="session")
def compile_text() -> Callable[[str], Model]:
    def compile_text(text: str) -> Model:
        return run_passes(lower_text(text))

    return compile_text
