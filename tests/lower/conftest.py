"""What the tests of lowering share: short texts to models and to diagnostics."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from specc.diagnostics import Diagnostic
from specc.ir.graph import Model, Node
from specc.lower import check_text, lower_text

Bodied = Callable[..., Model]


def text_of(
    body: str, x: str = "float[T, 4] ragged", y: str = "", before: str = ""
) -> str:
    """A model of one input `x` whose body is given."""
    return f"{before}\nmodel m(x: {x}) -> {y} {{\n  {body}\n}}\n"


@pytest.fixture(name="lower")
def _lower() -> Bodied:
    """`lower(body, y = "float[T, 8]", x = ..., before = ...)` to a model."""

    def lower(body: str, y: str, x: str = "float[T, 4]", before: str = "") -> Model:
        return lower_text(text_of(body, x, y, before))

    return lower


@pytest.fixture(name="diagnose")
def _diagnose() -> Callable[..., list[Diagnostic]]:
    """`diagnose(body, y = ..., x = ..., before = ...)` to what is wrong."""

    def diagnose(
        body: str, y: str = "float[1]", x: str = "float[T, 4]", before: str = ""
    ) -> list[Diagnostic]:
        return check_text(text_of(body, x, y, before))

    return diagnose


@pytest.fixture(name="layers")
def _layers() -> Callable[[Model], list[Node]]:
    """The nodes of a model but its inputs."""
    return lambda model: [node for node in model.nodes if node.inputs]
