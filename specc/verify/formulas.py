"""The first value of a weight that starts by a formula, as every program makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from specc.codegen import initial
from specc.ir.formula import Formula, Part

Wide = NDArray[np.float64]
Drawn = Callable[[str, str], NDArray[np.float32]]
"""What an initialiser draws without numbers, for a path."""
FUNCTIONS: Mapping[str, Callable[..., Wide]] = {
    "negative": np.negative,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "min": np.minimum,
    "max": np.maximum,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
}


def formula_value(
    formula: Formula,
    seed: int,
    path: str,
    shape: tuple[int, ...],
    drawn: Drawn,
    weights: Mapping[str, Wide],
) -> Wide:
    """The value in float64, before it is rounded; `weights` are those it uses."""
    made: list[Wide] = []
    draws = 0
    for part in formula.parts:
        match part.kind:
            case "number":
                made.append(np.float64(part.numbers[0]))  # type: ignore[arg-type]
            case "weight":
                made.append(weights[part.word])
            case "draw":
                draws += 1
                own = path if draws == 1 else f"{path} {draws}"
                made.append(_draw(part, seed, own, shape, drawn))
            case _:
                operands = (made[place] for place in part.parts)
                made.append(FUNCTIONS[part.word](*operands))
    return np.broadcast_to(made[-1], shape)


def _draw(
    part: Part, seed: int, path: str, shape: tuple[int, ...], drawn: Drawn
) -> Wide:
    numbers = part.numbers
    match part.word:
        case "constant":
            return np.full(shape, numbers[0])
        case "uniform" if numbers:
            return initial.generator(seed, path).uniform(numbers[0], numbers[1], shape)
        case "normal" if numbers:
            return initial.generator(seed, path).normal(numbers[0], numbers[1], shape)
        case "truncated_normal":
            mean, deviation = numbers
            given = (seed, path, shape, deviation, mean)
            return np.float64(initial.truncated_normal(*given))  # type: ignore[return-value]
    found = drawn(part.word, path)
    if numbers:
        found = np.float32(numbers[0]) * found
    return found.astype(np.float64)
