"""Between which numbers the parts of a weight's start lie, as far as that is plain."""

from __future__ import annotations

import math
from collections.abc import Sequence

from specc.ir.formula import Part

Range = tuple[float, float]
EVERYTHING: Range = (-math.inf, math.inf)


def part_range(part: Part, parts: Sequence[Range | None]) -> Range | None:
    """The range of a part, from those before it; None where it is not looked at."""
    if part.kind == "weight":
        return None
    if part.kind == "number":
        return (part.numbers[0], part.numbers[0])
    if part.kind == "draw":
        return _draw(part)
    known = [one for one in (parts[place] for place in part.parts) if one is not None]
    if len(known) < len(part.parts):
        return None
    try:
        found = _function(part.word, known)
    except (OverflowError, ValueError):
        return None
    return None if found is None or math.nan in found else found


def _draw(part: Part) -> Range:
    numbers = part.numbers
    match part.word:
        case "constant":
            return (numbers[0], numbers[0])
        case "uniform" if numbers:
            return (numbers[0], numbers[1])
        case "truncated_normal":
            mean, deviation = numbers
            return (mean - 2 * deviation, mean + 2 * deviation)
        case "zeros" | "ones":
            value = float(part.word == "ones")
            return (value, value)
    return EVERYTHING


def _function(word: str, given: Sequence[Range]) -> Range | None:
    low, high = given[0]
    match word:
        case "negative":
            return (-high, -low)
        case "exp":
            return (math.exp(low), math.exp(high))
        case "log":
            return (math.log(low) if low > 0 else -math.inf, math.log(high))
        case "sqrt":
            return (math.sqrt(low), math.sqrt(high))
        case "abs":
            least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
            return (least, max(abs(low), abs(high)))
        case "sin" | "cos" | "tanh":
            return (-1.0, 1.0)
    other = given[1]
    match word:
        case "min":
            return (min(low, other[0]), min(high, other[1]))
        case "max":
            return (max(low, other[0]), max(high, other[1]))
        case "+":
            return (low + other[0], high + other[1])
        case "-":
            return (low - other[1], high - other[0])
        case "*" | "/":
            if word == "/" and other[0] <= 0 <= other[1]:
                return None
            ends = [_combined(word, a, b) for a in (low, high) for b in other]
            return (min(ends), max(ends))
    return None


def _combined(word: str, a: float, b: float) -> float:
    if word == "/":
        return a / b
    return 0.0 if 0 in (a, b) else a * b
