"""Runs generated JAX programs as while training."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import jax
import numpy as np
from specc_jax.runner import _flat, _nested, prepare

__all__ = ["prepare", "run"]


def run(
    module: ModuleType, weights: Any, inputs: Any, outputs: tuple[str, ...]
) -> dict[str, Any]:
    """The output, and the weights after it where they move."""
    variables, (name,) = _nested(weights), outputs
    options = {"training": True, "rng": jax.random.key(0)}
    if not hasattr(module, "apply_and_update"):
        y = module.apply(variables, *inputs.values(), **options)
        return {name: np.asarray(y)}
    y, after = module.apply_and_update(variables, *inputs.values(), **options)
    moved = {f"after:{path}": array for path, array in _flat(after).items()}
    return {name: np.asarray(y), **moved}
