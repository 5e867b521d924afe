"""One child process a backend, started once for all models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from specc.codegen.backend import Backend, load_backend
from specc.verify.process import Worker

BACKENDS = ("jax", "tensorflow")


@pytest.fixture(scope="session")
def backends() -> tuple[Backend, ...]:
    return tuple(load_backend(name) for name in BACKENDS)


@pytest.fixture(scope="session")
def workers(backends: tuple[Backend, ...]) -> Iterator[dict[str, Worker]]:
    with ExitStack() as stack:
        yield {b.name: stack.enter_context(Worker(b)) for b in backends}
