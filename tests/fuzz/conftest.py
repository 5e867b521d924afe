"""One child process a backend, started once, in a hurry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from specc.codegen.backend import Backend, load_backend
from specc.fuzz.campaign import Campaign

BACKENDS = ("jax", "tensorflow")


@pytest.fixture(scope="session")
def backends() -> tuple[Backend, ...]:
    return tuple(load_backend(name) for name in BACKENDS)


@pytest.fixture(scope="session")
def campaign(backends: tuple[Backend, ...]) -> Iterator[Campaign]:
    with ExitStack() as stack:
        yield Campaign(backends, stack)
