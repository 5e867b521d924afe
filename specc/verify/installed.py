"""What must be installed before a program can be run, asked without importing it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.util import find_spec

from specc.codegen.backend import Backend
from specc.diagnostics import Diagnostic, Failure
from specc.diagnostics.codes import MISSING_FRAMEWORK


def require_reference() -> None:
    """Raise `Failure` unless numpy and safetensors are installed."""
    _require("running a model", ("numpy", "safetensors"), "reference")


def use_one_thread(always: bool = False) -> None:
    """Let numpy's matrix products take one core; to be called before it is imported.

    The oracle's products are small, and the frameworks want the other cores: threads
    that wait for each other then cost a factor of five. A choice of the user's stands,
    unless it is to be so `always`: sums depend on how many threads make their parts.
    """
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        if always:
            os.environ[name] = "1"
        os.environ.setdefault(name, "1")


def require_framework(backend: Backend) -> None:
    """Raise `Failure` unless what the programs of a backend need is installed."""
    _require(f"running {backend.title} code", backend.modules, backend.extra)


def missing_modules(modules: Iterable[str]) -> tuple[str, ...]:
    """Those top-level modules that cannot be found; none is imported."""
    tops = dict.fromkeys(module.partition(".")[0] for module in modules)
    return tuple(top for top in tops if find_spec(top) is None)


def _require(purpose: str, modules: Iterable[str], extra: str) -> None:
    missing = missing_modules(modules)
    if not missing:
        return
    names = " and ".join(f"`{name}`" for name in missing)
    is_are = "is" if len(missing) == 1 else "are"
    raise Failure(
        [
            Diagnostic(
                MISSING_FRAMEWORK,
                f"{purpose} needs {names}, which {is_are} not installed",
                help=f'pip install "specc-lang[{extra}]"',
            )
        ]
    )
