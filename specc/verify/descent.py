"""Plain gradient descent, the same in the oracle and in the child."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from specc.verify.arrays import Array, Arrays


def descend(
    gradients: Callable[[Arrays], Mapping[str, Array]],
    weights: Mapping[str, Array],
    steps: int,
    rate: float,
) -> Arrays:
    """The trained weights after some steps of `w = w - rate * gradient`.

    `gradients` gives those of the trainable weights, and may give those of inputs,
    which are left alone. The weights given are not changed.
    """
    current = dict(weights)
    trained: set[str] = set()
    for _ in range(steps):
        found = gradients(current)
        trained |= found.keys() & current.keys()
        for name in found.keys() & current.keys():
            weight = current[name]
            step = np.multiply(found[name], rate, dtype=weight.dtype)
            current[name] = np.subtract(weight, step, dtype=weight.dtype)
    return {name: current[name] for name in weights if name in trained}
