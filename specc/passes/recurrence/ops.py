"""What the derivative of a cell is made of, beside the cell's own operations."""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec.structs import replace

from specc.ir.op import Op
from specc.ir.types import Type, features
from specc.ops.input import Input

Over = Literal["steps", "all"]


class Contraction(Op):
    """An Einstein sum: `i,io->o` is `x @ W` for a vector x and a matrix W [in, out].

    `over`: summed over all steps as well, as the gradient of what is the same at every
    step is, or over all steps and the rows of the batch, as that of a weight is. Axes
    are those of one row, without the batch.
    """

    internal: ClassVar[bool] = True

    axes: str
    over: Over | None = None

    def result(self, a: Type, b: Type) -> Type:
        terms, result = self.axes.split("->")
        sizes = {
            letter: axis
            for term, type in zip(terms.split(","), (a, b), strict=True)
            for letter, axis in zip(term, type.axes, strict=True)
        }
        unbatched = self.over == "all" or (a.unbatched and b.unbatched)
        axes = tuple(sizes[letter] for letter in result)
        return Type(dtype="float", axes=axes, unbatched=unbatched)


class Turned(Op):
    """The transpose of a matrix of weights."""

    internal: ClassVar[bool] = True

    def result(self, a: Type) -> Type:
        return a.with_axes(*reversed(a.axes))


class Rows(Op):
    """Matrices of weights one below the other, as one: [m + n, in]; or vectors."""

    internal: ClassVar[bool] = True

    def result(self, *inputs: Type) -> Type:
        rows = sum(x.axes[0].size.at({}) for x in inputs)
        return inputs[0].with_axes(features(rows), *inputs[0].axes[1:])


class Where(Op):
    """a where x is above zero, else b."""

    internal: ClassVar[bool] = True

    def result(self, x: Type, a: Type, b: Type) -> Type:
        return max((x, a, b), key=lambda type: type.rank)


class Summed(Op):
    """The sum over the axes before the last `rank` ones; with 0, over all."""

    internal: ClassVar[bool] = True

    rank: int

    def result(self, x: Type) -> Type:
        return x.with_axes(*x.axes[x.rank - self.rank :])


class Total(Op):
    """The sum over all steps, or over all steps and the rows of the batch."""

    internal: ClassVar[bool] = True

    over: Over

    def result(self, x: Type) -> Type:
        return replace(x, unbatched=self.over == "all")


class Vector(Op):
    """A number as a vector of one."""

    internal: ClassVar[bool] = True

    def result(self, x: Type) -> Type:
        return x.with_axes(features(1))


class Below(Op):
    """The share of a normal distribution below x: (1 + erf(x / sqrt(2))) / 2."""

    internal: ClassVar[bool] = True

    def result(self, x: Type) -> Type:
        return x


class Unmasked(Op):
    """A sequence with zeros at the steps that do not count."""

    internal: ClassVar[bool] = True

    def result(self, x: Type, mask: Type) -> Type:
        return x


class Weighing(Op):
    """The softmax over the last axis; with a mask, over the steps that count.

    Zeros where none does.
    """

    internal: ClassVar[bool] = True

    def result(self, x: Type, mask: Type | None = None) -> Type:
        return x


class Keep(Input):
    """What is kept of a state while training: the same at every step."""
