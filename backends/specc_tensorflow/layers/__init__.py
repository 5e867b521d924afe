"""How each op is called: one file an op, found by its name."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module

from specc.codegen.plan import Step
from specc_tensorflow.writer import Writer


@cache
def emitted_ops() -> frozenset[str]:
    """Names of the ops that have a file here."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return frozenset(name for name in found if not name.startswith("_"))


def find_emit(name: str) -> Callable[[Step, Writer], None]:
    """What writes a step of that op."""
    assert name in emitted_ops(), f"no layer {name}"
    emit: Callable[[Step, Writer], None] = import_module(f"{__name__}.{name}").emit
    return emit
