"""Types of values: dtype, axes, and what is known of ids and padding."""

from __future__ import annotations

from typing import Literal, dataclass_transform

from msgspec import Struct
from msgspec.structs import replace

from specc.ir.size import Size

Dtype = Literal["int", "float", "bool"]


@dataclass_transform(frozen_default=True)
class Frozen(Struct, frozen=True):
    """Base of everything in the IR: immutable."""


class Axis(Frozen):
    """One axis. A ragged axis has steps that do not count; a mask says which."""

    size: Size
    ragged: bool = False

    def __str__(self) -> str:
        return str(self.size)


class Type(Frozen):
    """The type of a value, without its batch axis.

    `bound`: ids are in 0..bound-1. `pad`: the id that stands for padding. `unbatched`:
    it has no batch axis, as it is the same for every example: a weight.
    """

    dtype: Dtype
    axes: tuple[Axis, ...] = ()
    bound: int | None = None
    pad: int | None = None
    unbatched: bool = False

    @property
    def rank(self) -> int:
        return len(self.axes)

    @property
    def last(self) -> Size:
        return self.axes[-1].size

    @property
    def ragged(self) -> bool:
        """Whether any axis has steps that do not count."""
        return any(axis.ragged for axis in self.axes)

    @property
    def masked(self) -> int:
        """How many axes a mask has: all up to the last that is ragged."""
        return max((n for n, axis in enumerate(self.axes, 1) if axis.ragged), default=0)

    def with_last(self, size: int | Size) -> Type:
        """A float of the same axes but the last, which becomes `size`."""
        return Type(dtype="float", axes=(*self.axes[:-1], features(size)))

    def with_axes(self, *axes: Axis) -> Type:
        return replace(self, axes=axes)

    def __str__(self) -> str:
        text: str = self.dtype
        if self.axes:
            text += f"[{', '.join(map(str, self.axes))}]"
        if self.bound is not None:
            text += f" < {self.bound}"
        if self.pad is not None:
            return f"{text} pad {self.pad}"
        return f"{text} ragged" if self.ragged else text


def features(size: int | Size) -> Axis:
    """An axis of features: never ragged."""
    return Axis(size=Size(size) if isinstance(size, int) else size)


def floats(*sizes: int) -> Type:
    """A float value of fixed sizes."""
    return Type(dtype="float", axes=tuple(features(size) for size in sizes))
