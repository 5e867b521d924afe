"""Reverse-mode differentiation: arrays that remember how they were made.

Every primitive is its result and, per operand, the pull-back of a gradient. A value
made from constants alone is a constant. Nothing changes the dtype: a model runs in
float64 or float32, or forward only in complex128 for the complex-step method.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import EllipsisType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from msgspec import Struct

Floats: TypeAlias = npt.NDArray[np.inexact]
Ids: TypeAlias = npt.NDArray[np.integer]
Flags: TypeAlias = npt.NDArray[np.bool_]
Dtype: TypeAlias = np.dtype[np.inexact]
Place: TypeAlias = "int | slice | EllipsisType | None"
Index: TypeAlias = "Place | tuple[Place, ...]"


class Placed(Struct, frozen=True):
    """The gradient of an operand that is zero but for the elements at an index."""

    index: Index | Ids
    gradient: Floats


Pull: TypeAlias = Callable[[Floats], Floats | Placed]
"""From the gradient of a result to that of an operand, before it is reduced to the
operand's shape: broadcasting is undone in one place, by the tape."""


class Value:
    """An array of numbers, on a tape if a gradient may pass through it."""

    __slots__ = ("data", "number", "tape")
    __array_ufunc__ = None  # an array on the left leaves the operation to us

    def __init__(self, data: Floats, tape: Tape | None = None, number: int = -1):
        self.data = data
        self.tape = tape
        self.number = number

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    @property
    def ndim(self) -> int:
        return self.data.ndim

    @property
    def dtype(self) -> Dtype:
        return self.data.dtype

    def __add__(self, other: Operand) -> Value:
        b = operand(other, self.dtype)
        return made(self.data + b.data, (self, lambda g: g), (b, lambda g: g))

    def __sub__(self, other: Operand) -> Value:
        b = operand(other, self.dtype)
        return made(self.data - b.data, (self, lambda g: g), (b, lambda g: -g))

    def __mul__(self, other: Operand) -> Value:
        a, b = self, operand(other, self.dtype)
        return made(
            a.data * b.data, (a, lambda g: g * b.data), (b, lambda g: g * a.data)
        )

    def __truediv__(self, other: Operand) -> Value:
        a, b = self, operand(other, self.dtype)
        y = a.data / b.data
        return made(y, (a, lambda g: g / b.data), (b, lambda g: -g * y / b.data))

    def __pow__(self, other: Operand) -> Value:
        """a ** b, with derivatives b a^(b-1) and a^b log a (0 where a = 0)."""
        a, b = self, operand(other, self.dtype)
        y = a.data**b.data

        def pull_exponent(g: Floats) -> Floats:
            return g * y * np.log(np.where(a.data == 0, np.ones_like(a.data), a.data))

        return made(
            y,
            (a, lambda g: g * b.data * a.data ** (b.data - 1)),
            (b, pull_exponent),
        )

    def __neg__(self) -> Value:
        return made(-self.data, (self, lambda g: -g))

    def __radd__(self, other: Operand) -> Value:
        return operand(other, self.dtype) + self

    def __rsub__(self, other: Operand) -> Value:
        return operand(other, self.dtype) - self

    def __rmul__(self, other: Operand) -> Value:
        return operand(other, self.dtype) * self

    def __rtruediv__(self, other: Operand) -> Value:
        return operand(other, self.dtype) / self

    def __getitem__(self, index: Index) -> Value:
        """A part, by integers, slices and new axes."""
        return made(self.data[index], (self, lambda g: Placed(index, g)))


Operand: TypeAlias = "Value | float | npt.NDArray[np.generic]"


def constant(data: npt.ArrayLike, dtype: npt.DTypeLike) -> Value:
    """A value that does not change."""
    return Value(np.asarray(data, dtype))


def zeros(shape: Sequence[int], dtype: npt.DTypeLike) -> Value:
    """A constant of zeros."""
    return Value(np.zeros(tuple(shape), dtype))


def operand(given: Operand, dtype: npt.DTypeLike) -> Value:
    """The second operand of an operation; numbers take the dtype of the first."""
    return given if isinstance(given, Value) else constant(given, dtype)


def made(data: Floats, *links: tuple[Value, Pull]) -> Value:
    """The result of a primitive, with its operands and their pull-backs."""
    data = np.asarray(data)
    assert all(value.dtype == data.dtype for value, _ in links), "dtypes were mixed"
    tracked = tuple((value, pull) for value, pull in links if value.tape is not None)
    if not tracked:
        return Value(data)
    tape = tracked[0][0].tape
    assert tape is not None and all(value.tape is tape for value, _ in tracked)
    return tape.record(data, tracked)


class Tape:
    """The primitives applied since a run began, in order."""

    def __init__(self) -> None:
        self._steps: list[tuple[tuple[Value, Pull], ...]] = []

    def watch(self, data: Floats) -> Value:
        """A value to differentiate by."""
        return self.record(data, ())

    def record(self, data: Floats, links: tuple[tuple[Value, Pull], ...]) -> Value:
        """A value made by a primitive from operands on this tape."""
        self._steps.append(links)
        return Value(data, self, len(self._steps) - 1)

    def gradients(
        self, ends: Sequence[tuple[Value, Floats]], watched: Sequence[Value]
    ) -> list[Floats]:
        """Gradients of the sum of end * cotangent by watched values; uses up the tape.

        Steps are dropped as they are passed, which also frees what they hold.
        """
        found: dict[int, Floats] = {}
        for end, cotangent in ends:
            if end.tape is not None:
                _add(found, end, cotangent)
        kept = {value.number for value in watched}
        while self._steps:
            number = len(self._steps) - 1
            links = self._steps.pop()
            if number in kept or number not in found:
                continue
            gradient = found.pop(number)
            for value, pull in links:
                _add(found, value, pull(gradient))
        return [found.get(value.number, np.zeros_like(value.data)) for value in watched]


def _add(found: dict[int, Floats], value: Value, part: Floats | Placed) -> None:
    """Add a part of the gradient of a value to what is known of it."""
    if value.number not in found:
        found[value.number] = np.zeros_like(value.data)
    gradient = found[value.number]
    if not isinstance(part, Placed):
        np.add(gradient, _reduced(part, value.shape), out=gradient)
    elif isinstance(part.index, np.ndarray):
        np.add.at(gradient, part.index, part.gradient)
    else:
        spot = gradient[part.index]
        gradient[part.index] = spot + part.gradient


def _reduced(gradient: Floats, shape: tuple[int, ...]) -> Floats:
    """Undo broadcasting: sum over the axes that an operand of this shape lacked."""
    extra = gradient.ndim - len(shape)
    stretched = [
        extra + i
        for i, n in enumerate(shape)
        if n == 1 and gradient.shape[extra + i] != 1
    ]
    axes = (*range(extra), *stretched)
    reduced = gradient.sum(axis=axes).reshape(shape) if axes else gradient
    assert reduced.shape == shape, f"a gradient of {gradient.shape} for {shape}"
    return reduced
