"""A runner whose programs do everything themselves, with numpy."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from specc.verify.arrays import Arrays

prepared = "never"


def prepare(precision: str) -> None:
    global prepared
    prepared = precision


def initial(module: ModuleType, seed: int) -> Arrays:
    return {"w": np.full((2,), seed, prepared)}


def run(
    module: ModuleType, weights: Arrays, inputs: Arrays, outputs: tuple[str, ...]
) -> Arrays:
    return dict(zip(outputs, module.run(weights, inputs), strict=True))


def gradients(
    module: ModuleType, weights: Arrays, inputs: Arrays, cotangents: Arrays
) -> Arrays:
    found = {name: (weight - inputs["x"]) for name, weight in weights.items()}
    return found | {"input:x": cotangents["y"]}


def penalty(module: ModuleType, weights: Arrays) -> float:
    return float(sum(weight.sum() for weight in weights.values()))
