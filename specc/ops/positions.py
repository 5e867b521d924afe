"""`positions(dim, kind)`: a vector for every place of a sequence."""

from __future__ import annotations

from typing import ClassVar, Literal

from specc.diagnostics.codes import MISSING_OPTION, SIZE_MISMATCH, WRONG_OPTION
from specc.ir.amount import Amount
from specc.ir.op import Count, IllTyped, Kerneled, Sight
from specc.ir.types import Type, features
from specc.ir.weights import Weight
from specc.ops._sequence import need_time


class Positions(Kerneled):
    """learned: y_t = table[t]
    sinusoidal: y_{t, 2i} = sin(t / 10000^(2i / dim)), y_{t, 2i + 1} the cosine of it

    A vector for every step of a sequence, counted from 0, padding included. table:
    [length, dim]; the length is that of the sequence where it is fixed, else an option.
    A step beyond the table gives NaN.

    Mask: kept.
    Source: Vaswani et al. 2017.
    Example: (x: float[T, 1] ragged) -> y: float[T, 2] { x -> positions(2, sinusoidal) }
    """

    sight: ClassVar[Sight] = "number"

    dim: Count
    kind: Literal["learned", "sinusoidal"]
    length: Count | None = None

    def result(self, x: Type) -> Type:
        need_time(self.name(), x)
        if self.kind == "learned":
            self._steps(x)
        else:
            self._check_sinusoidal()
        return Type(dtype="float", axes=(x.axes[0], features(self.dim)))

    def weights(self, x: Type) -> tuple[Weight, ...]:
        if self.kind == "sinusoidal":
            return ()
        shape = (self._steps(x), self.dim)
        return (self.weight("table", shape, "table", "uniform", shape),)

    def multiply_adds(self, x: Type) -> Amount:
        """None: rows are looked up, or waves computed one by one."""
        return Amount()

    def _steps(self, x: Type) -> int:
        """How many rows the table has."""
        fixed = x.axes[0].size.fixed
        if self.length is None and fixed is None:
            raise IllTyped(
                MISSING_OPTION,
                "a table of positions for a sequence of any length needs `length`",
                label=f"`{x.axes[0]}` is open",
                help=f"as in `positions({self.dim}, learned, length = 512)`",
            )
        if self.length is not None and fixed is not None and self.length < fixed:
            raise IllTyped(
                SIZE_MISMATCH,
                f"a table of {self.length:,} positions is too short for {fixed:,} "
                "steps",
                label=f"this is `{x}`",
                help="leave `length` out",
            )
        return self.length or fixed or 1

    def _check_sinusoidal(self) -> None:
        if self.dim % 2:
            raise IllTyped(
                WRONG_OPTION,
                f"sinusoidal positions are sines and cosines in pairs, so `dim` is "
                f"even, found {self.dim}",
                help=f"as in `positions({self.dim + 1}, sinusoidal)`",
            )
        for option in ("length", "kernel", "l1", "l2", "frozen"):
            if getattr(self, option):
                raise IllTyped(
                    WRONG_OPTION,
                    f"sinusoidal positions have no table, so no use for `{option}`",
                    help=f"leave `{option}` out",
                )
