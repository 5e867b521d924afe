"""Runs generated Keras models as while training."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import keras
import numpy as np
from specc_tensorflow.runner import prepare

__all__ = ["prepare", "run"]


def run(
    module: ModuleType, weights: Any, inputs: Any, outputs: tuple[str, ...]
) -> dict[str, Any]:
    """The output, the weights after it, and all variables by Keras's own paths."""
    keras.utils.set_random_seed(0)
    model = module.build(variables=weights)
    variables = {f"keras:{v.path}": v.numpy() for v in model.variables}
    given = list(inputs.values())
    y = model(given if len(given) > 1 else given[0], training=True)
    found = module.get_variables(model)
    moved = {f"after:{path}": np.asarray(array) for path, array in found.items()}
    return {outputs[0]: np.asarray(y), **moved, **variables}
