"""Models from their heads and bodies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from specc.compiler import compile
from specc.ir.graph import Model


@pytest.fixture
def model() -> Callable[[str], Model]:
    return lambda text: compile(f"model m{text}\n").model()
